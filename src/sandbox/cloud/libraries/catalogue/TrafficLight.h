#pragma once

#include "Particle.h"

/// Three lamps, of which one is on.
class TrafficLight {
public:
    TrafficLight(int red, int yellow, int green);

    void begin();
    void stop();
    void wait();
    void go();

private:
    void only(int lamp);

    int lamps_[3];
};
