//! Work that nobody wants any more stops costing processor time.
//!
//! One test in a file of its own: the processor time of the whole process is then that of the work.

use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use bytes::Bytes;
use image::ImageFormat;
use lightmill_image::{Context, Error, plan, probe, run};
use lightmill_recipe::{
    Blur, Enlarge, Fit, Format, Light, Locator, Operation, Output, PictureOutput, Recipe, Resize, Rotate, Sharpen,
    Target,
};
use lightmill_testkit::generate;
use rustix::time::{ClockId, clock_gettime};

/// What a cancelled run may still cost: the promise of the engine for its own code and for the JPEG and WebP libraries.
const AT_MOST: Duration = Duration::from_millis(50);

/// Something that takes long enough to be interrupted.
struct Case {
    name: &'static str,
    source: Bytes,
    operations: Vec<Operation>,
    output: PictureOutput,
}

#[test]
fn work_that_nobody_wants_stops_within_50_ms_of_processor_time() -> Result<()> {
    let mut late = Vec::new();
    for case in cases()? {
        let plan = plan(&case)?;
        let before = processor_time();
        run(&plan, std::slice::from_ref(&case.source), &Context::default())?;
        let whole = processor_time().saturating_sub(before);
        let mut stopped = 0;
        for part in [0.2, 0.6, 0.9] {
            let (mut cost, cancelled) = cancelled_after(&plan, &case.source, whole.mul_f64(part))?;
            if cost > AT_MOST {
                // What the system did meanwhile counts, too: it does not do so twice.
                cost = cancelled_after(&plan, &case.source, whole.mul_f64(part))?.0;
            }
            if cost > AT_MOST {
                late.push(format!("{}: {cost:?} after it was cancelled at {part} of {whole:?}", case.name));
            }
            stopped += u32::from(cancelled);
        }
        assert!(stopped >= 1, "{} was not interrupted: it took {whole:?}", case.name);
    }
    assert!(late.is_empty(), "{}", late.join("\n"));
    Ok(())
}

fn plan(case: &Case) -> Result<plan::Plan> {
    let mut recipe = Recipe::new(Locator::key("x"));
    recipe.inputs[0].operations.clone_from(&case.operations);
    recipe.outputs = vec![Output::Picture(case.output.clone())];
    Ok(plan::plan(&recipe, &[probe(&case.source)?], &plan::Settings::default())?)
}

/// Processor time that the run took after it was told to stop, and whether it had not ended by then.
fn cancelled_after(plan: &plan::Plan, source: &Bytes, time: Duration) -> Result<(Duration, bool)> {
    let context = Context::default();
    thread::scope(|scope| {
        let start = processor_time();
        let work = scope.spawn(|| run(plan, std::slice::from_ref(source), &context));
        while !work.is_finished() && processor_time().saturating_sub(start) < time {
            thread::sleep(Duration::from_micros(300));
        }
        context.cancel.cancel();
        let cancelled = processor_time();
        let result = work.join().map_err(|_| anyhow!("the work panicked"))?;
        let stopped = matches!(result, Err(Error::Cancelled));
        assert!(stopped || result.is_ok(), "{result:?}");
        Ok((processor_time().saturating_sub(cancelled), stopped))
    })
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn cases() -> Result<Vec<Case>> {
    let jpeg: Bytes = generate::encode(&generate::noise(3000, 2400, 1), ImageFormat::Jpeg)?.into();
    let png: Bytes = generate::encode(&generate::noise(1800, 1400, 2), ImageFormat::Png)?.into();
    let gif: Bytes = generate::animation(400, 300, 12)?.into();
    let to = |format| PictureOutput { format: Some(format), ..PictureOutput::default() };
    let progressive = PictureOutput { progressive: Some(true), ..to(Format::Jpeg) };
    let in_scans = Case {
        name: "a progressive JPEG to encode",
        source: jpeg.clone(),
        operations: vec![],
        output: progressive.clone(),
    };
    let made = run(&plan(&in_scans)?, std::slice::from_ref(&jpeg), &Context::default())?;
    let case = |name, source: &Bytes, operations: &[Operation], output: &PictureOutput| Case {
        name,
        source: source.clone(),
        operations: operations.to_vec(),
        output: output.clone(),
    };
    let small = [resize(300)];
    Ok(vec![
        in_scans,
        case("a progressive JPEG to decode", &made[0].bytes, &small, &to(Format::Jpeg)),
        case("a baseline JPEG to decode", &jpeg, &small, &to(Format::Jpeg)),
        case("a baseline JPEG at an eighth", &jpeg, &[resize(200)], &to(Format::Jpeg)),
        case("a JPEG to encode", &jpeg, &[resize(2900)], &to(Format::Jpeg)),
        case("a WebP to encode", &png, &[], &to(Format::WebP)),
        case("a PNG to decode and encode", &png, &[], &to(Format::Png)),
        case("a GIF of one frame to encode", &png, &[resize(900)], &to(Format::Gif)),
        case("an animation", &gif, &[resize(350)], &to(Format::WebP)),
        case("enlarging", &png, &[resize(2200)], &to(Format::Bmp)),
        case("a blur", &png, &[Operation::Blur(Blur::Gaussian { sigma: 20.0 })], &to(Format::Bmp)),
        case(
            "a sharpening",
            &png,
            &[Operation::Sharpen(Sharpen { sigma: 2.0, flat: 1.0, jagged: 2.0 })],
            &to(Format::Bmp),
        ),
        case("a turn", &png, &[Operation::Rotate(Rotate { degrees: 33 })], &to(Format::Bmp)),
        case("a quarter turn", &png, &[Operation::Rotate(Rotate { degrees: 90 })], &to(Format::Bmp)),
    ])
}

fn resize(width: u32) -> Operation {
    Operation::Resize(Resize {
        target: Target::Box { width: Some(width), height: None },
        fit: Fit::Inside,
        enlarge: Enlarge::Allowed,
        light: Light::Gamma,
    })
}
