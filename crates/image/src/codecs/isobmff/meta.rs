use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use lightmill_recipe::Format;

use super::boxes::{Boxes, Fields};
use super::cut_off;
use super::property::Property;
use crate::Error;

/// Items of one file at most. A grid has no more tiles than 65,536; the largest that fits the pixel limits of a source
/// in tiles of 512 pixels has a few hundred.
const MAX_ITEMS: usize = 4096;

/// The `meta` box of a file (HEIF, section 6.2): items, what they refer to, and their properties.
#[derive(Debug)]
pub(super) struct Meta<'a> {
    format: Format,
    /// The whole file: items lie at offsets from its start.
    file: &'a [u8],
    /// The body of `idat`.
    data: &'a [u8],
    pub primary: u32,
    items: BTreeMap<u32, Item<'a>>,
    properties: Vec<Option<Property<'a>>>,
    references: Vec<Reference>,
}

#[derive(Debug, Default)]
struct Item<'a> {
    kind: [u8; 4],
    content_type: &'a [u8],
    construction: Construction,
    extents: Vec<(u64, u64)>,
    /// Indices into the list of properties (from 1), in the order of the association, and whether they are essential.
    properties: Vec<(u16, bool)>,
}

/// Where an item's extents count from.
#[derive(Debug, Default, Clone, Copy)]
enum Construction {
    #[default]
    File,
    Data,
    /// By other items, which no writer of pictures does.
    Other,
}

#[derive(Debug)]
struct Reference {
    kind: [u8; 4],
    from: u32,
    to: Vec<u32>,
}

impl<'a> Meta<'a> {
    /// Reads the first `meta` box of `file`.
    pub fn read(format: Format, file: &'a [u8]) -> Result<Self, Error> {
        let body = Boxes::new(file).find(*b"meta").ok_or_else(|| cut_off(format, "meta"))?;
        let (_, _, fields) = Fields::full(body).ok_or_else(|| cut_off(format, "meta"))?;
        let boxes = Boxes::new(fields.rest());
        let find = |kind| boxes.clone().find(kind);
        let mut meta = Self {
            format,
            file,
            data: find(*b"idat").unwrap_or_default(),
            primary: 0,
            items: BTreeMap::new(),
            properties: Vec::new(),
            references: Vec::new(),
        };
        let mut each = |kind: &[u8; 4], read: fn(&mut Self, &'a [u8]) -> Option<()>, needed: bool| match find(*kind) {
            Some(body) => read(&mut meta, body).ok_or_else(|| cut_off(format, &String::from_utf8_lossy(kind))),
            None if needed => Err(cut_off(format, &String::from_utf8_lossy(kind))),
            None => Ok(()),
        };
        each(b"pitm", Self::read_primary, true)?;
        each(b"iinf", Self::read_items, true)?;
        each(b"iloc", Self::read_locations, true)?;
        each(b"iprp", Self::read_properties, true)?;
        each(b"iref", Self::read_references, false)?;
        Ok(meta)
    }

    fn read_primary(&mut self, body: &'a [u8]) -> Option<()> {
        let (version, _, mut fields) = Fields::full(body)?;
        self.primary = fields.narrow_or_wide(version > 0)?;
        Some(())
    }

    /// `iinf` (HEIF, section 6.3): a list of `infe` of version 2 or 3.
    fn read_items(&mut self, body: &'a [u8]) -> Option<()> {
        let (version, _, mut fields) = Fields::full(body)?;
        fields.narrow_or_wide(version > 0)?;
        for entry in Boxes::new(fields.rest()).filter(|found| &found.kind == b"infe").take(MAX_ITEMS) {
            let (version, _, mut fields) = Fields::full(entry.body)?;
            if version < 2 {
                continue;
            }
            let id = fields.narrow_or_wide(version > 2)?;
            let _protection = fields.u16()?;
            let kind = fields.array()?;
            let _name = fields.text();
            let content_type = if &kind == b"mime" { fields.text() } else { &[] };
            self.items.insert(id, Item { kind, content_type, ..Item::default() });
        }
        Some(())
    }

    /// `iloc` (ISO/IEC 14496-12, section 8.11.3).
    fn read_locations(&mut self, body: &'a [u8]) -> Option<()> {
        let (version, _, mut fields) = Fields::full(body)?;
        let [sizes, more] = fields.array()?;
        let (offset_size, length_size, base_size) = (sizes >> 4, sizes & 15, more >> 4);
        let index_size = if version > 0 { more & 15 } else { 0 };
        let count = fields.narrow_or_wide(version > 1)?;
        for _ in 0..count {
            let id = fields.narrow_or_wide(version > 1)?;
            let construction = match if version > 0 { fields.u16()? & 15 } else { 0 } {
                0 => Construction::File,
                1 => Construction::Data,
                _ => Construction::Other,
            };
            let _data_reference = fields.u16()?;
            let base = fields.sized(base_size)?;
            let mut extents = Vec::new();
            for _ in 0..fields.u16()? {
                fields.sized(index_size)?;
                let (offset, length) = (fields.sized(offset_size)?, fields.sized(length_size)?);
                // Without sizes, an extent takes no bytes of the box: one such is all that makes sense.
                if extents.is_empty() || offset_size + length_size > 0 {
                    extents.push((base.checked_add(offset)?, length));
                }
            }
            if let Some(item) = self.items.get_mut(&id) {
                (item.construction, item.extents) = (construction, extents);
            }
        }
        Some(())
    }

    /// `iprp` (HEIF, section 9.3): the properties, and which item has which.
    fn read_properties(&mut self, body: &'a [u8]) -> Option<()> {
        let properties = Boxes::new(Boxes::new(body).find(*b"ipco")?);
        self.properties = properties.take(MAX_ITEMS).map(Property::read).collect();
        for association in Boxes::new(body).filter(|found| &found.kind == b"ipma") {
            let (version, flags, mut fields) = Fields::full(association.body)?;
            for _ in 0..fields.u32()? {
                let id = fields.narrow_or_wide(version > 0)?;
                let mut list = Vec::new();
                for _ in 0..fields.u8()? {
                    let (index, essential) = if flags & 1 == 1 {
                        let value = fields.u16()?;
                        (value & 0x7FFF, value >> 15 == 1)
                    } else {
                        let value = fields.u8()?;
                        ((value & 0x7F).into(), value >> 7 == 1)
                    };
                    if index > 0 {
                        list.push((index, essential));
                    }
                }
                if let Some(item) = self.items.get_mut(&id) {
                    item.properties = list;
                }
            }
        }
        Some(())
    }

    /// `iref` (ISO/IEC 14496-12, section 8.11.12).
    fn read_references(&mut self, body: &'a [u8]) -> Option<()> {
        let (version, _, fields) = Fields::full(body)?;
        for found in Boxes::new(fields.rest()) {
            let mut fields = Fields::new(found.body);
            let from = fields.narrow_or_wide(version > 0)?;
            let count = fields.u16()?;
            let to = (0..count).map(|_| fields.narrow_or_wide(version > 0)).collect::<Option<_>>()?;
            self.references.push(Reference { kind: found.kind, from, to });
        }
        Some(())
    }

    /// The type of an item: `av01`, `hvc1`, `grid`, `Exif`…
    pub fn kind(&self, id: u32) -> Result<[u8; 4], Error> {
        self.items.get(&id).map(|item| item.kind).ok_or_else(|| Error::corrupt(self.format, "an item is missing"))
    }

    /// The items that `from` refers to, in order.
    pub fn referred(&self, kind: &[u8; 4], from: u32) -> &[u32] {
        let found = self.references.iter().find(|reference| reference.kind == *kind && reference.from == from);
        found.map_or(&[], |reference| &reference.to)
    }

    /// The items that refer to `to`.
    pub fn referring<'m>(&'m self, kind: &'m [u8; 4], to: u32) -> impl Iterator<Item = u32> + 'm {
        let matching = move |reference: &&Reference| reference.kind == *kind && reference.to.contains(&to);
        self.references.iter().filter(matching).map(|reference| reference.from)
    }

    /// The item's properties in the order in which they apply.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for an essential property that is not understood.
    pub fn properties(&self, id: u32) -> Result<Vec<Property<'a>>, Error> {
        let Some(item) = self.items.get(&id) else { return Ok(Vec::new()) };
        let mut list = Vec::with_capacity(item.properties.len());
        for (index, essential) in &item.properties {
            match self.properties.get(usize::from(*index) - 1) {
                Some(Some(property)) if property.is_understood() => list.push(*property),
                Some(Some(property)) if *essential => {
                    return Err(Error::unsupported(format!("{} with {property:?}", self.format)));
                }
                Some(Some(_)) => {}
                _ => return Err(Error::corrupt(self.format, "a damaged property")),
            }
        }
        Ok(list)
    }

    /// The first item of a kind, and of a content type for those of kind `mime`, that describes the primary item.
    pub fn description(&self, kind: &[u8; 4], content_type: &[u8]) -> Option<u32> {
        self.referring(b"cdsc", self.primary)
            .find(|id| self.items.get(id).is_some_and(|item| item.kind == *kind && item.content_type == content_type))
    }

    /// The item's bytes: borrowed, or joined if they lie in several places.
    pub fn data(&self, id: u32) -> Result<Cow<'a, [u8]>, Error> {
        let cut = || Error::corrupt(self.format, "an item lies outside of the file");
        let item = self.items.get(&id).ok_or_else(cut)?;
        let source = match item.construction {
            Construction::File => self.file,
            Construction::Data => self.data,
            Construction::Other => return Err(Error::unsupported(format!("{} of items in items", self.format))),
        };
        let range = |&(offset, length): &(u64, u64)| -> Option<Range<usize>> {
            let start = usize::try_from(offset).ok()?;
            // A length of 0 is all that follows.
            let end = if length == 0 { source.len() } else { start.checked_add(usize::try_from(length).ok()?)? };
            (start <= end && end <= source.len()).then_some(start..end)
        };
        match item.extents.as_slice() {
            [] => Err(cut()),
            [one] => Ok(Cow::Borrowed(&source[range(one).ok_or_else(cut)?])),
            several => {
                let mut joined = Vec::new();
                for extent in several {
                    let range = range(extent).ok_or_else(cut)?;
                    // Extents that overlap could make much out of little.
                    if joined.len() + range.len() > source.len() {
                        return Err(cut());
                    }
                    joined.extend_from_slice(&source[range]);
                }
                Ok(Cow::Owned(joined))
            }
        }
    }
}
