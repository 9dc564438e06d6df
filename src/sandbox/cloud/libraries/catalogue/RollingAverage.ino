#include "RollingAverage.h"

RollingAverage light(10);

void setup() {
}

void loop() {
    light.add(analogRead(A0));
    Serial.println(light.average());
    delay(1000);
}
