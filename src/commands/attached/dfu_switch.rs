//! Bringing a running device into DFU mode: by an order that its firmware knows, by the speed of its serial port, and
//! where neither works by the hand of a person.

use super::{
    Operator, Target, buttons,
    operator::{Answer, Comeback, did_not_come_back, not_understood, without_dfu},
};
use crate::{
    commands::{CommandError, CommandResult, Kind},
    usb::control::{ControlError, Order},
};

/// Why a device does not go into DFU mode by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its firmware knows no such order.
    NotUnderstood,
    /// It does not answer.
    Silence,
    /// It was given the speed of its serial port that means DFU mode, and runs on.
    NoReaction,
}

impl Operator {
    /// Puts a running device into DFU mode and waits until it is there. A device that is in DFU mode stays so. Where the
    /// device does not obey, the error says what to do by hand.
    pub fn enter_dfu(&self, target: &Target) -> CommandResult<Target> {
        if target.attached.dfu {
            return Ok(target.clone());
        }
        target.platform().flash.ok_or_else(|| without_dfu(target))?;
        self.switch_to_dfu(target, |refusal| Err(refusal.error(target)))
    }

    /// Brings a running device into DFU mode. If it does not go there by itself, `ask` may ask a person to press buttons,
    /// who is then waited for.
    pub(super) fn switch_to_dfu(
        &self,
        target: &Target,
        ask: impl FnOnce(Refusal) -> CommandResult,
    ) -> CommandResult<Target> {
        let refusal = match self.give_order(target, Order::EnterDfu)? {
            Answer::Obeyed => return self.await_mode(target, true, Comeback::ChangeOfMode),
            Answer::Touched => match self.await_effect(target)? {
                Some(switched) => return Ok(switched),
                None => Refusal::NoReaction,
            },
            Answer::NotUnderstood => Refusal::NotUnderstood,
            Answer::Silence => Refusal::Silence,
        };
        ask(refusal)?;
        self.await_mode(target, true, Comeback::ByHand)
    }

    /// Waits until a device whose port was opened at the speed for DFU mode is there. `None` if it runs on.
    fn await_effect(&self, target: &Target) -> CommandResult<Option<Target>> {
        match self.await_mode(target, true, Comeback::Touch) {
            Ok(switched) => Ok(Some(switched)),
            Err(error) if error.kind() == Kind::NoDevice => match self.find(target, false) {
                Ok(Some(_)) => Ok(None),
                Ok(None) => Err(error),
                Err(failure) => Err(did_not_come_back(target, Some(failure))),
            },
            Err(error) => Err(error),
        }
    }
}

impl Refusal {
    /// The error, which says what to do by hand.
    fn error(self, target: &Target) -> CommandError {
        let platform = target.platform();
        match self {
            Self::NotUnderstood => not_understood(platform, Order::EnterDfu),
            Self::Silence => {
                CommandError::from(ControlError::Timeout).hint(buttons::for_order(platform, Order::EnterDfu))
            }
            Self::NoReaction => {
                let text = format!(
                    "this {} does not go into DFU mode by itself; its application may be in the way",
                    platform.display_name
                );
                CommandError::new(Kind::WrongMode, text).hint(buttons::for_order(platform, Order::EnterDfu))
            }
        }
    }
}
