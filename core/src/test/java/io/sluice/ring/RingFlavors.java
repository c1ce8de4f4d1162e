package io.sluice.ring;

import io.sluice.wait.DrainMode;

/** The flavors of a segmented lane. */
final class RingFlavors {
    private RingFlavors() {}

    static RingFlavor spsc(DrainMode drain) {
        return new RingFlavor(RingFlavor.Protocol.SPSC, false, false, true, drain);
    }

    static RingFlavor spmc(boolean dropping) {
        return new RingFlavor(RingFlavor.Protocol.SPMC, false, dropping, true, DrainMode.ADAPTIVE);
    }
}
