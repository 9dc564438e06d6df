#include "TrafficLight.h"

TrafficLight light(D0, D1, D2);

void setup() {
    light.begin();
}

void loop() {
    light.go();
    delay(10000);
    light.wait();
    delay(2000);
    light.stop();
    delay(10000);
}
