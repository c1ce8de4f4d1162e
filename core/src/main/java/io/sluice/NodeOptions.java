package io.sluice;

import io.sluice.node.NodeParameters;
import java.util.Objects;

/** The options of a {@link Node}. Immutable: each method returns other options. */
public final class NodeOptions {
    private static final NodeOptions DEFAULTS =
            new NodeOptions(
                    PipeSpec.DEFAULT_MANY,
                    PipeSpec.DEFAULT_CAPACITY,
                    EndOptions.defaults(),
                    false,
                    false,
                    false);

    private final int maxNodes;
    private final int capacity;
    private final EndOptions waiting;
    private final boolean startsEmpty;
    private final boolean replaceable;
    private final boolean replaces;

    private NodeOptions(
            int maxNodes,
            int capacity,
            EndOptions waiting,
            boolean startsEmpty,
            boolean replaceable,
            boolean replaces) {
        this.maxNodes = maxNodes;
        this.capacity = capacity;
        this.waiting = waiting;
        this.startsEmpty = startsEmpty;
        this.replaceable = replaceable;
        this.replaces = replaces;
    }

    /**
     * Returns the default options: {@link PipeSpec#DEFAULT_MANY} names, links of {@link
     * PipeSpec#DEFAULT_CAPACITY}, {@link EndOptions#defaults}, messages to an earlier owner of the
     * name are inherited, and no node is replaced while it lives.
     *
     * @return the options
     */
    public static NodeOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Returns these options with another number of names, which counts if this node creates the
     * directory. A name is never removed from its directory.
     *
     * @param count the number, 2 to 4096
     * @return the options
     * @throws IllegalArgumentException if the number is out of range
     */
    public NodeOptions maxNodes(int count) {
        if (count < 2 || count > 4096) {
            throw new IllegalArgumentException("maxNodes=" + count + " is not in 2..4096");
        }
        return new NodeOptions(count, capacity, waiting, startsEmpty, replaceable, replaces);
    }

    /**
     * Returns these options with another capacity for what one other node sends to this one. All
     * owners of a name must have the same.
     *
     * @param bytes the capacity in bytes, 1 to 1 GiB, as of {@link PipeSpec#bounded(int)}; each
     *     message takes 24 bytes more than its length, which is rounded up to a multiple of 8
     * @return the options
     */
    public NodeOptions capacity(int bytes) {
        PipeSpec.bounded(bytes); // Checks it.
        return new NodeOptions(maxNodes, bytes, waiting, startsEmpty, replaceable, replaces);
    }

    /**
     * Returns these options with another way to wait.
     *
     * @param options how the node waits for messages, replies and room
     * @return the options
     */
    public NodeOptions waiting(EndOptions options) {
        Objects.requireNonNull(options, "options");
        return new NodeOptions(maxNodes, capacity, options, startsEmpty, replaceable, replaces);
    }

    /**
     * Returns these options for a node that drops the messages that were sent to an earlier owner
     * of its name. By default a node inherits them: those that the earlier owner had taken and not
     * finished come again, marked. Requests to an earlier owner are refused in both cases.
     *
     * @return the options
     */
    public NodeOptions startEmpty() {
        return new NodeOptions(maxNodes, capacity, waiting, true, replaceable, replaces);
    }

    /**
     * Returns these options for a node that leaves its name to a node with {@link #replaceOwner}.
     * It leaves in its next call that receives, or polls, also during a {@code receive} that waits;
     * that call throws {@link NameLostException}. By default a node has its name until it closes.
     *
     * @return the options
     */
    public NodeOptions allowReplacement() {
        return new NodeOptions(maxNodes, capacity, waiting, startsEmpty, true, replaces);
    }

    /**
     * Returns these options for a node that asks the owner of its name to leave, if that
     * {@linkplain #allowReplacement allows it}, and waits for that up to the timeout of {@link
     * Node#join(java.nio.file.Path, String, NodeOptions, java.time.Duration)}. An owner that does
     * not receive, or is paused, does not leave, and keeps its name. If the node that asks gives
     * up, or dies, the owner may have left nevertheless.
     *
     * @return the options
     */
    public NodeOptions replaceOwner() {
        return new NodeOptions(maxNodes, capacity, waiting, startsEmpty, replaceable, true);
    }

    NodeParameters parameters() {
        return new NodeParameters(
                maxNodes,
                capacity,
                waiting.idle(),
                waiting.spins(),
                waiting.drain(),
                startsEmpty,
                replaceable,
                replaces);
    }

    @Override
    public String toString() {
        return "NodeOptions[maxNodes="
                + maxNodes
                + ", capacity="
                + capacity
                + ", "
                + waiting
                + (startsEmpty ? ", starts empty" : "")
                + (replaceable ? ", allows replacement" : "")
                + (replaces ? ", replaces the owner" : "")
                + "]";
    }
}
