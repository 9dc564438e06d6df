//! Reads server-sent events: bytes in, messages out.
//!
//! Follows the algorithm of the HTML standard (<https://html.spec.whatwg.org/multipage/server-sent-events.html>), in
//! which a line ends with LF, CR or CRLF, and any of it may be cut anywhere by the network. `id` and `retry` are not
//! kept: this cloud sends neither.

use std::collections::VecDeque;

/// Most bytes of one message. The cloud's own limit for an event is a small part of it.
const LONGEST_MESSAGE: usize = 1 << 20;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A message: what stands between two blank lines, if it has data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Value of the last `event` field.
    pub event: Option<String>,
    /// Values of the `data` fields, joined by line feeds.
    pub data: String,
}

/// A message that was longer than any may be, and was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// The reader of one stream. What it keeps is bounded by the longest message and by what it was fed last.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    /// Whether the last byte was a CR, so that an LF would belong to it.
    after_return: bool,
    /// Whether a line has ended already; a byte order mark can only stand before that.
    started: bool,
    event: Option<String>,
    data: Option<String>,
    too_long: bool,
    ready: VecDeque<Result<Message, TooLong>>,
}

impl Decoder {
    /// Takes the next bytes of the stream.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        if self.after_return && !bytes.is_empty() {
            self.after_return = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            self.keep(&bytes[..end]);
            self.end_line();
            let rest = &bytes[end + 1..];
            self.after_return = bytes[end] == b'\r' && rest.is_empty();
            bytes = if bytes[end] == b'\r' { rest.strip_prefix(b"\n").unwrap_or(rest) } else { rest };
        }
        self.keep(bytes);
    }

    /// The next complete message.
    pub fn next_message(&mut self) -> Option<Result<Message, TooLong>> {
        self.ready.pop_front()
    }

    fn keep(&mut self, part: &[u8]) {
        let kept = self.line.len() + self.data.as_ref().map_or(0, String::len);
        if self.too_long || kept + part.len() > LONGEST_MESSAGE {
            self.too_long = true;
            // Not empty, or the line would look like the end of the message.
            self.line.extend(part.first().filter(|_| self.line.is_empty()));
        } else {
            self.line.extend_from_slice(part);
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let mut content = line.as_slice();
        if !std::mem::replace(&mut self.started, true) {
            content = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content);
        }
        if content.is_empty() {
            self.end_message();
        } else {
            // Only a whole line is decoded: a character may have come in two pieces.
            self.take_field(&String::from_utf8_lossy(content));
        }
        self.line = line;
        self.line.clear();
    }

    fn take_field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => self.event = Some(value.to_owned()),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // Among these are comments, whose name is empty.
            _ => {}
        }
    }

    fn end_message(&mut self) {
        let (event, data) = (self.event.take(), self.data.take());
        if std::mem::take(&mut self.too_long) {
            self.ready.push_back(Err(TooLong));
        } else if let Some(data) = data {
            self.ready.push_back(Ok(Message { event, data }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Result<Message, TooLong>> {
        let mut decoder = Decoder::default();
        pieces.into_iter().for_each(|piece| decoder.feed(piece));
        std::iter::from_fn(|| decoder.next_message()).collect()
    }

    fn message(event: &str, data: &str) -> Result<Message, TooLong> {
        Ok(Message { event: Some(event.to_owned()), data: data.to_owned() })
    }

    #[test]
    fn fields_make_messages() {
        let stream =
            b":ok\n\nevent: temp\ndata: {\n\nevent:d\ndata:{\ndata\ndata:  x}\nid: 7\nretry: 1\n\n\n";
        assert_eq!(decode([&stream[..]]), [message("temp", "{"), message("d", "{\n\n x}")]);
    }

    #[test]
    fn a_message_needs_data_and_an_end_but_no_name() {
        let unnamed = Ok(Message { event: None, data: "x".to_owned() });
        assert_eq!(decode([&b"event: a\n\ndata: x\n\nevent: b\ndata: y"[..]]), [unnamed]);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        assert_eq!(decode([&b"\xEF\xBB\xBFevent: a\ndata: x\n\n"[..]]), [message("a", "x")]);
    }

    #[test]
    fn a_message_without_end_is_not_kept() {
        let mut decoder = Decoder::default();
        decoder.feed(b"event: a\n");
        for _ in 0..100 {
            decoder.feed(&[b'x'; 64 << 10]);
        }
        assert!(decoder.line.capacity() <= 2 * LONGEST_MESSAGE);
        decoder.feed(b"\ndata: y\n\nevent: b\ndata: z\n\n");
        let decoded: Vec<_> = std::iter::from_fn(|| decoder.next_message()).collect();
        assert_eq!(decoded, [Err(TooLong), message("b", "z")]);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_network_cuts(
            messages in prop::collection::vec(("[a-z/ü🌈]{1,8}", "[a-z ü🌈:]{0,12}(\n[a-z ü🌈:]{0,12}){0,2}"), 0..5),
            ending in prop::sample::select(vec!["\n", "\r", "\r\n"]),
            size in 1_usize..9,
        ) {
            let mut stream = format!(": comment{ending}{ending}");
            for (event, data) in &messages {
                let data = data.replace('\n', &format!("{ending}data: "));
                stream += &format!("event: {event}{ending}data: {data}{ending}{ending}");
            }
            let expected: Vec<_> = messages.iter().map(|(event, data)| message(event, data)).collect();
            prop_assert_eq!(decode(stream.as_bytes().chunks(size)), expected);
        }

        #[test]
        fn any_bytes_are_read_alike_however_they_are_cut(
            stream in prop::collection::vec(prop::sample::select(b"\r\n: \xEF\xBB\xBFdat\xC3\xBC".to_vec()), 0..64),
            size in 1_usize..9,
        ) {
            prop_assert_eq!(decode(stream.chunks(size)), decode([&stream[..]]));
        }
    }
}
