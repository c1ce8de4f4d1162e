package io.sluice.lane;

import io.sluice.Proof;
import io.sluice.lane.Mortal.Death;
import io.sluice.lane.Mortal.Fate;
import io.sluice.lane.SharedWorld.End;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills an end of a lane with several receivers before each of its accesses to shared memory in
 * turn, or stops it there while others go on and die. No accepted message may be lost, torn or
 * forged; none comes twice, unless it is marked because its receiver died.
 */
@Tag("minutes")
@ParameterizedClass
@EnumSource
class SharedLaneCrashTest {
    /** The kind of lane. */
    enum Kind {
        RING("shared lane", 1, Wiring::shared),
        CHAIN("shared chain", 0.5, Wiring::sharedChain),
        DROPPING("dropping chain", 0.5, Wiring::droppingChain);

        final String what;
        final double share;
        final Function<Random, Wiring> wiring;

        Kind(String what, double share, Function<Random, Wiring> wiring) {
            this.what = what;
            this.share = share;
            this.wiring = wiring;
        }
    }

    @Parameter private Kind kind;

    private SharedWorld world(Random random) {
        return new SharedWorld(kind.wiring.apply(random), random);
    }

    @Test
    void aSenderMayDieBeforeAnyAccess() {
        CrashPoints.each(
                Proof.CRASHES_SHARED,
                kind.what + ", sender dies",
                0.1 * kind.share,
                (random, accesses) -> {
                    SharedWorld world = world(random);
                    boolean died = false;
                    world.senderFate.dieAfter(accesses);
                    try {
                        for (int i = 0; i < 3; i++) {
                            world.send(random);
                        }
                    } catch (Death e) {
                        died = true;
                    }
                    world.senderFate.live();
                    world.newSender();
                    world.finish();
                    return died;
                });
    }

    @Test
    void aReceiverMayDieBeforeAnyAccess() {
        CrashPoints.each(
                Proof.CRASHES_SHARED,
                kind.what + ", receiver dies",
                0.12 * kind.share,
                (random, accesses) -> {
                    SharedWorld world = world(random);
                    End end = world.anyAlive(random);
                    end.fate.dieAfter(accesses);
                    end.poll(1 + random.nextInt(6));
                    boolean died = end.dead;
                    world.finish();
                    return died;
                });
    }

    @Test
    void whoRecoversMayDieBeforeAnyAccess() {
        CrashPoints.each(
                Proof.CRASHES_SHARED,
                kind.what + ", recoverer dies",
                0.1 * kind.share,
                (random, accesses) -> {
                    SharedWorld world = world(random);
                    End end = world.anyAlive(random);
                    end.fate.dieAfter(random.nextInt(20));
                    end.poll(10);
                    if (!end.dead) {
                        return false;
                    }
                    Fate recoverer = new Fate();
                    recoverer.dieAfter(accesses);
                    end.recover(recoverer);
                    boolean died = end.dead;
                    for (int i = 0; i < 5; i++) {
                        world.act(random);
                    }
                    world.finish();
                    return died;
                });
    }

    @Test
    void aReceiverMayBeStoppedBeforeAnyAccessWhileOthersGoOn() {
        CrashPoints.each(
                Proof.CRASHES_SHARED,
                kind.what + ", receiver stopped",
                0.1 * kind.share,
                (random, accesses) -> {
                    SharedWorld world = world(random);
                    End end = world.anyAlive(random);
                    boolean[] stopped = new boolean[1];
                    end.fate.pauseAfter(accesses, () -> stopped[0] = goOn(world, random));
                    end.poll(1 + random.nextInt(6));
                    world.finish();
                    return stopped[0];
                });
    }

    @Test
    void aSenderMayBeStoppedBeforeAnyAccessWhileOthersGoOn() {
        CrashPoints.each(
                Proof.CRASHES_SHARED,
                kind.what + ", sender stopped",
                0.03 * kind.share,
                (random, accesses) -> {
                    SharedWorld world = world(random);
                    boolean[] stopped = new boolean[1];
                    world.senderFate.pauseAfter(accesses, () -> stopped[0] = goOn(world, random));
                    for (int i = 0; i < 3; i++) {
                        world.send(random);
                    }
                    world.senderFate.live();
                    world.finish();
                    return stopped[0];
                });
    }

    @Test
    void whoRecoversMayBeStoppedBeforeAnyAccessWhileOthersGoOn() {
        CrashPoints.each(
                Proof.CRASHES_SHARED,
                kind.what + ", recoverer stopped",
                0.05 * kind.share,
                (random, accesses) -> {
                    SharedWorld world = world(random);
                    End end = world.anyAlive(random);
                    end.fate.dieAfter(random.nextInt(20));
                    end.poll(10);
                    if (!end.dead) {
                        return false;
                    }
                    boolean[] stopped = new boolean[1];
                    Fate recoverer = new Fate();
                    recoverer.pauseAfter(accesses, () -> stopped[0] = goOn(world, random));
                    end.recover(recoverer);
                    world.finish();
                    return stopped[0];
                });
    }

    /** Runs a few steps, or enough for several laps. */
    private static boolean goOn(SharedWorld world, Random random) {
        int steps = random.nextInt(10) == 0 ? 100 : random.nextInt(12);
        for (int i = 0; i < steps; i++) {
            world.act(random);
        }
        return true;
    }
}
