#include "InternetButton.h"

InternetButton button;

void setup() {
    button.begin();
}

void loop() {
    if (button.buttonOn(1)) {
        Particle.publish("button", "1");
        delay(1000);
    }
}
