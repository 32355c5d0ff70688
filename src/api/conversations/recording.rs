//! The recording of a call, and its transcription.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_with::serde_as;

use super::Conversations;
use crate::client::{ApiVersion, Call, Request, path};
use crate::error::Result;
use crate::ids::MessageId;
use crate::lenient::Lenient;
use crate::secret::Private;

impl<'a> Conversations<'a> {
    /// The recording of a call or voicemail as a WAV file. The built-in transport reads 10 MiB at most, which is about
    /// ten minutes of speech.
    pub async fn recording(&self, message: &MessageId) -> Result<Private<Bytes>> {
        let location = self.location.id().as_str();
        let request = Request::get(path(&[
            "conversations",
            "messages",
            message.as_str(),
            "locations",
            location,
            "recording",
        ]))
        .operation("conversations.recording")
        .version(ApiVersion::V2021_04_15);
        self.location.send_bytes(request).await.map(Private::new)
    }

    /// The sentences of a recorded call.
    pub fn transcription(&self, message: &MessageId) -> Call<'a, Vec<TranscribedSentence>> {
        let request = Request::get(self.transcription_path(message, &[]))
            .operation("conversations.transcription")
            .version(ApiVersion::V2021_04_15);
        self.location
            .send::<Transcription>(request)
            .map(|answer| answer.0)
    }

    /// The transcription of a recorded call as a text file.
    pub async fn transcription_file(&self, message: &MessageId) -> Result<Private<String>> {
        let request = Request::get(self.transcription_path(message, &["download"]))
            .operation("conversations.transcription_file")
            .version(ApiVersion::V2021_04_15);
        let file = self.location.send_bytes(request).await?;
        Ok(String::from_utf8_lossy(&file).into_owned().into())
    }

    fn transcription_path(&self, message: &MessageId, last: &[&str]) -> String {
        let location = self.location.id().as_str();
        let segments = [
            "conversations",
            "locations",
            location,
            "messages",
            message.as_str(),
            "transcription",
        ];
        path(&[&segments, last].concat())
    }
}

/// A sentence of a recorded call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TranscribedSentence {
    /// Who speaks: the number of the channel in the recording.
    pub media_channel: Option<u32>,
    /// Its place among the sentences.
    pub index: Option<u32>,
    /// When it begins, from the start of the recording.
    pub start: Option<Duration>,
    /// When it ends, from the start of the recording.
    pub end: Option<Duration>,
    /// What was said.
    pub text: Option<Private<String>>,
    /// How sure HighLevel is, from 0 to 1.
    pub confidence: Option<f64>,
}

/// The documentation has one sentence, live answers a list.
struct Transcription(Vec<TranscribedSentence>);

impl<'de> Deserialize<'de> for Transcription {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = match Value::deserialize(deserializer)? {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            one => vec![one],
        };
        let sentence = |item| serde_json::from_value::<SentenceWire>(item).ok();
        let sentences = items.into_iter().filter_map(sentence);
        Ok(Self(sentences.map(TranscribedSentence::from).collect()))
    }
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SentenceWire {
    #[serde_as(deserialize_as = "Lenient")]
    media_channel: Option<u32>,
    #[serde_as(deserialize_as = "Lenient")]
    sentence_index: Option<u32>,
    #[serde_as(deserialize_as = "Lenient")]
    start_time: Option<f64>,
    #[serde_as(deserialize_as = "Lenient")]
    end_time: Option<f64>,
    #[serde_as(deserialize_as = "Lenient")]
    transcript: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    confidence: Option<f64>,
}

impl From<SentenceWire> for TranscribedSentence {
    fn from(wire: SentenceWire) -> Self {
        let time = |milliseconds: Option<f64>| {
            Duration::try_from_secs_f64((milliseconds? / 1000.0).max(0.0)).ok()
        };
        Self {
            media_channel: wire.media_channel,
            index: wire.sentence_index,
            start: time(wire.start_time),
            end: time(wire.end_time),
            text: wire.transcript,
            confidence: wire.confidence,
        }
    }
}
