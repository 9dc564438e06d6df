#pragma once

#include "Particle.h"
#include "RollingAverage.h"

/// Four buttons, and a sensor that knows which way is down.
class InternetButton {
public:
    void begin();

    /// Whether a button is pressed; they are counted from 1.
    bool buttonOn(int button) const;

    /// Reads the tilt once, and gives the average of the last readings.
    float tilt();

private:
    RollingAverage tilt_ = RollingAverage(8);
};
