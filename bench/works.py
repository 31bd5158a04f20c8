"""What `bench/engine.py` measures: one entry for each piece of work, for both engines, with its targets."""

import base64
import dataclasses


@dataclasses.dataclass(frozen=True)
class Work:
    """The same work for lightmill and for sharp, and what lightmill should need of it."""

    name: str
    source: str
    # For lightmill: a recipe in the OSS dialect, and features that the dialect has no word for (`Job::FEATURES`).
    recipe: str
    # For sharp: its methods with their arguments.
    steps: list
    # Processor time ÷ sharp's; None is measured and not judged.
    cpu: float | None = None
    features: tuple = ()
    # How results are scored: "lanczos" against a reference of their own size in gamma space, "linear" against one
    # in linear light, "peer" against each other.
    score: str = "lanczos"
    # A window in the middle of the scaled picture: (scaled size, window).
    cover: tuple | None = None
    # Peak memory ÷ sharp's.
    memory: float | None = None
    # Bytes ÷ sharp's at most.
    bytes: float = 1.03
    # Quality: at most this much SSIMULACRA2 and luma PSNR (dB) below sharp's; below 0 it must be above.
    ssimulacra2_loss: float = 0.5
    psnr_loss: float | None = 0.2
    # Search lightmill's quality for sharp's SSIMULACRA2: the recipe holds {quality}.
    search: bool = False


JPEG = ["jpeg", {"quality": 80}]
MARK = base64.urlsafe_b64encode(b"watermark.png").decode().rstrip("=")
WATERMARK = f"watermark,image_{MARK},g_nw,x_40,y_40,t_100"
COMPOSITE = ["composite", [{"input": {"file": "watermark.png"}, "left": 40, "top": 40}]]
SHARPEN = ["sharpen", {"sigma": 1, "m1": 0.5, "m2": 1}]


def inside(side):
    return ["resize", {"width": side, "height": side, "fit": "inside"}]


def jpeg(name, source, side, cpu, **more):
    return Work(
        name, source, f"image/resize,w_{side},h_{side}/quality,Q_80", [inside(side), JPEG], cpu, memory=0.25, **more
    )


def adjusted(name, recipe, *steps, cpu=None):
    recipe = f"image/{recipe}/quality,Q_80"
    return Work(name, "2mp.jpg", recipe, [*steps, JPEG], cpu, score="peer", memory=0.25)


WORKS = [
    jpeg("baseline-500", "12mp.jpg", 500, 0.55),
    jpeg("baseline-800", "12mp.jpg", 800, 0.55),
    jpeg("baseline-1600", "12mp.jpg", 1600, 0.55),
    jpeg("progressive-500", "12mp-progressive.jpg", 500, 0.12),
    jpeg("progressive-200", "12mp-progressive.jpg", 200, 0.05),
    Work(
        "cover-200",
        "2mp.jpg",
        "image/resize,m_fill,w_200,h_200/quality,Q_80",
        [["resize", {"width": 200, "height": 200, "fit": "cover"}], JPEG],
        0.50,
        cover=((267, 200), (200, 200)),
        memory=0.25,
    ),
    jpeg("24mp-200", "24mp.jpg", 200, 0.50),
    Work(
        "webp-1600",
        "12mp.jpg",
        "image/resize,w_1600,h_1600/format,webp/quality,Q_{quality}",
        [inside(1600), ["webp", {"quality": 80}]],
        0.45,
        bytes=1.05,
        psnr_loss=None,
        search=True,
    ),
    Work(
        "avif-800",
        "12mp.jpg",
        "image/resize,w_800,h_800/format,avif/quality,Q_{quality}",
        [inside(800), ["avif", {}]],
        0.16,
        bytes=1.12,
        psnr_loss=None,
        search=True,
    ),
    Work(
        "avif-800-small",
        "12mp.jpg",
        "image/resize,w_800,h_800/format,avif/quality,Q_{quality}",
        [inside(800), ["avif", {}]],
        0.62,
        features=("small",),
        psnr_loss=None,
        search=True,
    ),
    Work(
        "gif-webp-240",
        "animation-30-frames.gif",
        "image/resize,w_240/format,webp/quality,Q_80",
        [["open", {"animated": True}], ["resize", {"width": 240}], ["webp", {"quality": 80}]],
        0.60,
    ),
    Work(
        "gif-webp-small-changes",
        "small-changes.gif",
        "image/resize,w_240/format,webp/quality,Q_80",
        [["open", {"animated": True}], ["resize", {"width": 240}], ["webp", {"quality": 80}]],
        0.40,
    ),
    Work("png-800", "4mp-alpha.png", "image/resize,w_800", [["resize", {"width": 800}], ["png", {}]], 0.60),
    Work("png-flat-800", "flat-graphic.png", "image/resize,w_800", [["resize", {"width": 800}], ["png", {}]], 0.65),
    adjusted(
        "crop-rotate-mark-sharpen",
        f"crop,x_200,y_200,w_1200,h_800/rotate,90/sharpen,100/{WATERMARK}",
        ["extract", {"left": 200, "top": 200, "width": 1200, "height": 800}],
        ["rotate", 90],
        SHARPEN,
        COMPOSITE,
        cpu=0.40,
    ),
    adjusted("crop", "crop,x_200,y_200,w_1200,h_800", ["extract", {"left": 200, "top": 200, "width": 1200, "height": 800}]),
    adjusted("rotate-90", "rotate,90", ["rotate", 90]),
    adjusted("watermark", WATERMARK, COMPOSITE),
    adjusted("sharpen", "sharpen,100", SHARPEN),
    jpeg("best-500", "12mp.jpg", 500, 1.0, features=("best",), score="linear", ssimulacra2_loss=-15, psnr_loss=None, bytes=1.1),
]
