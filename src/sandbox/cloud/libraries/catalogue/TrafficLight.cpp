#include "TrafficLight.h"

TrafficLight::TrafficLight(int red, int yellow, int green) : lamps_{red, yellow, green} {}

void TrafficLight::begin() {
    for (int lamp : lamps_) {
        pinMode(lamp, OUTPUT);
    }
    stop();
}

void TrafficLight::stop() {
    only(lamps_[0]);
}

void TrafficLight::wait() {
    only(lamps_[1]);
}

void TrafficLight::go() {
    only(lamps_[2]);
}

void TrafficLight::only(int lamp) {
    for (int other : lamps_) {
        digitalWrite(other, other == lamp ? HIGH : LOW);
    }
}
