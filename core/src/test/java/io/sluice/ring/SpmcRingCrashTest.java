package io.sluice.ring;

import io.sluice.Proof;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import io.sluice.ring.SpmcCrashHistory.CrashableReceiver;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills an end of a lane with several receivers before each of its accesses to shared memory in
 * turn, or stops it there while others go on and die. No accepted message may be lost, torn or
 * forged; none comes twice, unless it is marked because its receiver died.
 */
@ParameterizedClass
@EnumSource
class SpmcRingCrashTest {
    /** The kind of lane. */
    enum SpmcRingLayout {
        RING("SPMC ring", 1, CrashableLane::spmc),
        SEGMENTED("segmented SPMC ring", 0.5, CrashableLane::segmentedSpmc),
        DROPPING("dropping segmented ring", 0.5, CrashableLane::droppingSpmc);

        final String what;
        final double share;
        final Function<Random, CrashableLane> wiring;

        SpmcRingLayout(String what, double share, Function<Random, CrashableLane> wiring) {
            this.what = what;
            this.share = share;
            this.wiring = wiring;
        }
    }

    @Parameter private SpmcRingLayout spmcRingLayout;

    private interface Scenario {
        boolean run(SpmcCrashHistory world, Random random, int accesses);
    }

    private void each(String what, double share, Scenario scenario) {
        CrashPoints.each(
                Proof.CRASHES_SPMC,
                spmcRingLayout.what + ", " + what,
                share * spmcRingLayout.share,
                (random, accesses) ->
                        scenario.run(
                                new SpmcCrashHistory(spmcRingLayout.wiring.apply(random), random),
                                random,
                                accesses));
    }

    @Test
    void aSenderMayDieBeforeAnyAccess() {
        each(
                "sender dies",
                0.1,
                (world, random, accesses) -> {
                    boolean died = false;
                    world.senderFaults.crashAfter(accesses);
                    try {
                        for (int i = 0; i < 3; i++) {
                            world.send(random);
                        }
                    } catch (SimulatedCrash e) {
                        died = true;
                    }
                    world.senderFaults.disarm();
                    world.newSender();
                    world.finish();
                    return died;
                });
    }

    @Test
    void aReceiverMayDieBeforeAnyAccess() {
        each(
                "receiver dies",
                0.12,
                (world, random, accesses) -> {
                    CrashableReceiver crashableReceiver = world.anyAlive(random);
                    crashableReceiver.faultInjector.crashAfter(accesses);
                    crashableReceiver.poll(1 + random.nextInt(6));
                    boolean died = crashableReceiver.crashed;
                    world.finish();
                    return died;
                });
    }

    @Test
    void aReceiverMayDieBeforeAnyAccessOfAnAcknowledgement() {
        each(
                "acknowledging receiver dies",
                0.1,
                (world, random, accesses) -> {
                    CrashableReceiver crashableReceiver = world.anyAlive(random);
                    if (!world.redeliver) {
                        return false; // Nothing is kept then.
                    }
                    world.send(random);
                    crashableReceiver.keep(10);
                    crashableReceiver.faultInjector.crashAfter(accesses);
                    crashableReceiver.acknowledge(5, random);
                    boolean died = crashableReceiver.crashed;
                    world.finish();
                    return died;
                });
    }

    @Test
    void aReceiverMayBeStoppedBeforeAnyAccessOfAnAcknowledgement() {
        each(
                "acknowledging receiver stopped",
                0.05,
                (world, random, accesses) -> {
                    CrashableReceiver crashableReceiver = world.anyAlive(random);
                    if (!world.redeliver) {
                        return false;
                    }
                    world.send(random);
                    crashableReceiver.keep(10);
                    boolean[] stopped = new boolean[1];
                    crashableReceiver.faultInjector.pauseAfter(
                            accesses, () -> stopped[0] = resume(world, random));
                    crashableReceiver.acknowledge(5, random);
                    world.finish();
                    return stopped[0];
                });
    }

    @Test
    void aRecoveringEndMayCrashBeforeAnyAccess() {
        each(
                "recoverer dies",
                0.1,
                (world, random, accesses) -> {
                    CrashableReceiver crashableReceiver = world.anyAlive(random);
                    crashableReceiver.faultInjector.crashAfter(random.nextInt(20));
                    crashableReceiver.poll(10);
                    if (!crashableReceiver.crashed) {
                        return false;
                    }
                    FaultInjector recoverer = new FaultInjector();
                    recoverer.crashAfter(accesses);
                    crashableReceiver.recover(recoverer);
                    boolean died = crashableReceiver.crashed;
                    for (int i = 0; i < 5; i++) {
                        world.act(random);
                    }
                    world.finish();
                    return died;
                });
    }

    @Test
    void aReceiverMayBeStoppedBeforeAnyAccessWhileOthersGoOn() {
        each(
                "receiver stopped",
                0.1,
                (world, random, accesses) -> {
                    CrashableReceiver crashableReceiver = world.anyAlive(random);
                    boolean[] stopped = new boolean[1];
                    crashableReceiver.faultInjector.pauseAfter(
                            accesses, () -> stopped[0] = resume(world, random));
                    crashableReceiver.poll(1 + random.nextInt(6));
                    world.finish();
                    return stopped[0];
                });
    }

    @Test
    void aSenderMayBeStoppedBeforeAnyAccessWhileOthersGoOn() {
        each(
                "sender stopped",
                0.03,
                (world, random, accesses) -> {
                    boolean[] stopped = new boolean[1];
                    world.senderFaults.pauseAfter(
                            accesses, () -> stopped[0] = resume(world, random));
                    for (int i = 0; i < 3; i++) {
                        world.send(random);
                    }
                    world.senderFaults.disarm();
                    world.finish();
                    return stopped[0];
                });
    }

    @Test
    void aRecoveringEndMayBeStoppedBeforeAnyAccessWhileOthersContinue() {
        each(
                "recoverer stopped",
                0.05,
                (world, random, accesses) -> {
                    CrashableReceiver crashableReceiver = world.anyAlive(random);
                    crashableReceiver.faultInjector.crashAfter(random.nextInt(20));
                    crashableReceiver.poll(10);
                    if (!crashableReceiver.crashed) {
                        return false;
                    }
                    boolean[] stopped = new boolean[1];
                    FaultInjector recoverer = new FaultInjector();
                    recoverer.pauseAfter(accesses, () -> stopped[0] = resume(world, random));
                    crashableReceiver.recover(recoverer);
                    world.finish();
                    return stopped[0];
                });
    }

    /** Runs a few steps, or enough for several laps. */
    private static boolean resume(SpmcCrashHistory world, Random random) {
        int steps = random.nextInt(10) == 0 ? 100 : random.nextInt(12);
        for (int i = 0; i < steps; i++) {
            world.act(random);
        }
        return true;
    }
}
