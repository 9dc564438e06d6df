//! USB/IP: devices that another host exports over TCP.

pub mod protocol;
