package io.sluice.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.ChannelCorruptedException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Edges NODE_NAME and JOIN: a name is whole or not there; a node that has joined has pipes. */
public final class NodeRegistryStress {
    private NodeRegistryStress() {}

    /** A process that finds a name finds all of it. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "whole")
    @Outcome(expect = FORBIDDEN, desc = "a part of it")
    @State
    public static class Name {
        private final TwoRegistries names = TwoRegistries.empty();

        /** Adds the name. */
        @Actor
        public void node() {
            names.register();
        }

        /** Reads the name. */
        @Actor
        public void observer(I_Result r) {
            try {
                String found = names.name();
                r.r1 = found == null ? 0 : found.equals(TwoRegistries.NAME) ? 1 : 2;
            } catch (ChannelCorruptedException e) {
                r.r1 = 2;
            }
        }
    }

    /** A process that finds that a node has joined finds what that node did before. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "its pipes, and it will join")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "joined, with its pipes")
    @Outcome(expect = FORBIDDEN, desc = "joined, without its pipes")
    @State
    public static class Join {
        private final TwoRegistries names = TwoRegistries.empty();

        /** Makes the pipes, then joins. */
        @Actor
        public void node() {
            names.join();
        }

        /** Reads whether it has joined, then its pipes. */
        @Actor
        public void observer(II_Result r) {
            r.r1 = names.hasJoined() ? 1 : 0;
            r.r2 = names.read();
        }
    }
}
