//! Decides the changes to the contact: fields, pipeline stage, completion of a task.

use super::{Decision, OpportunityFacts, StageFacts};
use crate::ids::{PipelineStageId, TaskId};
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::model::{Intent, PipelineFacts, Reason, StepName};
use crate::recipes::missed_call::core::recipe::{CallFact, FieldValue, FieldsStep, StageStep};

impl Episode {
    pub(super) fn decide_completion(&self, of: &StepName) -> Decision {
        // A step that was not done has created no task.
        let task = self.state.references.get(of);
        match task.and_then(|task| TaskId::new(task.as_str()).ok()) {
            Some(task) => Decision::Proceed(Intent::CompleteTask { task }),
            None => Decision::Skip(Reason::Needless),
        }
    }

    pub(super) fn decide_fields(&self, fields: &FieldsStep) -> Decision {
        let state = &self.state;
        let values = fields.values.iter().filter_map(|(key, value)| {
            let value = match value {
                FieldValue::Words(words) => words.clone(),
                FieldValue::Call(CallFact::Caller) => state.caller.as_ref()?.e164().to_owned(),
                FieldValue::Call(CallFact::Called) => state.called.as_ref()?.e164().to_owned(),
                FieldValue::Call(CallFact::EndedAt) => state.call_ended_at.to_string(),
                FieldValue::Call(CallFact::MissedCalls) => state.missed_calls.to_string(),
            };
            Some((key.clone(), value.into()))
        });
        Decision::Proceed(Intent::Fields {
            values: values.collect(),
            source: fields.source.clone(),
        })
    }

    /// An opportunity only moves forward, and a closed one stays as it is: a user has decided that.
    pub(super) fn decide_stage(&self, wanted: &StageStep, facts: &StageFacts) -> Decision {
        let pipeline = wanted.pipeline_in(&facts.pipelines);
        let stage = pipeline.and_then(|pipeline| wanted.stage_in(pipeline));
        let (Some(pipeline), Some(stage)) = (pipeline, stage) else {
            return Decision::Skip(Reason::Failed("no_such_stage".into()));
        };
        let of_pipeline = |found: &&OpportunityFacts| found.pipeline.as_ref() == Some(&pipeline.id);
        let known = || facts.opportunities.iter().filter(of_pipeline);
        let current = known().find(|known| known.open).or_else(|| known().next());
        if current.is_some_and(|current| {
            !current.open || place(pipeline, current.stage.as_ref()) >= place(pipeline, Some(stage))
        }) {
            return Decision::Skip(Reason::Needless);
        }
        let name = match (&facts.contact_name, &self.state.caller) {
            (Some(name), _) => name.clone(),
            (None, Some(caller)) => caller.e164().to_owned().into(),
            (None, None) => "Missed call".to_owned().into(),
        };
        Decision::Proceed(Intent::Stage {
            pipeline: pipeline.id.clone(),
            stage: stage.clone(),
            opportunity: current.map(|current| current.id.clone()),
            name,
        })
    }
}

/// The position of the stage in its pipeline. An unknown stage comes before all others.
fn place(pipeline: &PipelineFacts, stage: Option<&PipelineStageId>) -> Option<usize> {
    let stages = &mut pipeline.stages.iter();
    stages.position(|(id, _)| Some(id) == stage)
}
