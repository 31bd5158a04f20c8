//! `im=Resize,width=200,height=100,format=webp,quality=60`: Akamai's spelling of three actions.

use super::Flavour;
use crate::Error;

/// The actions that the value of `im` means.
pub(crate) fn actions(text: &str, flavour: Flavour) -> Result<Vec<String>, Error> {
    let (name, parameters) = text.split_once(',').unwrap_or((text, ""));
    if name != "Resize" {
        return Err(Error::UnknownAction(Error::quote(name)));
    }
    let (mut width, mut height, mut format, mut quality) = (None, None, None, None);
    for part in parameters.split(',').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        match key {
            "width" => width = Some(value),
            "height" => height = Some(value),
            "format" => format = Some(value),
            "quality" => quality = Some(value),
            _ => return Err(Error::UnknownParameter(Error::quote(key))),
        }
    }
    match (flavour, width, height) {
        (Flavour::Keithyt06, None, _) | (Flavour::Keithyt06, _, None) => {
            // "The Resize operation needs both width and height", in the words of that server.
            return Err(Error::Usage("Resize操作需要同时指定width和height参数"));
        }
        (_, None, None) => return Err(Error::Usage("im=Resize needs width or height")),
        _ => {}
    }
    let width = width.map(|width| format!(",w_{width}")).unwrap_or_default();
    let height = height.map(|height| format!(",h_{height}")).unwrap_or_default();
    let mut actions = vec![format!("resize{width}{height}")];
    actions.extend(format.map(|format| format!("format,{format}")));
    let key = if flavour == Flavour::Keithyt06 { 'q' } else { 'Q' };
    actions.extend(quality.map(|quality| format!("quality,{key}_{quality}")));
    Ok(actions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_of_three_actions() {
        let text = "Resize,width=200,height=100,format=webp,quality=60";
        assert_eq!(actions(text, Flavour::Keithyt06).unwrap(), ["resize,w_200,h_100", "format,webp", "quality,q_60"]);
        assert_eq!(actions(text, Flavour::Wchaws).unwrap(), ["resize,w_200,h_100", "format,webp", "quality,Q_60"]);
        assert_eq!(actions("Resize,height=9", Flavour::Aliyun).unwrap(), ["resize,h_9"]);
    }

    #[test]
    fn what_is_missing_or_unknown_is_refused() {
        for flavour in Flavour::ALL {
            assert!(actions("Resize", flavour).is_err());
            assert_eq!(actions("Crop,width=1", flavour), Err(Error::UnknownAction("Crop".to_owned())));
            assert_eq!(actions("Resize,depth=1", flavour), Err(Error::UnknownParameter("depth".to_owned())));
        }
        assert!(actions("Resize,width=200", Flavour::Keithyt06).is_err());
    }
}
