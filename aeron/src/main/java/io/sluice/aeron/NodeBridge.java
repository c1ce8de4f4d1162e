package io.sluice.aeron;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.Pipe;
import io.sluice.aeron.NodeFrame.NamedInbox;
import io.sluice.node.NodeEndpoint;
import io.sluice.node.NodeParameters;
import io.sluice.wait.DrainMode;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.agrona.concurrent.IdleStrategy;

/**
 * Joins the names of {@link io.sluice.Node}s of several machines. Each machine runs one bridge, on
 * its directory of names. The bridge owns the names there that live on other machines, while they
 * do: so nodes send and call by name, whichever machine the name is on, with the same results.
 *
 * <pre>{@code
 * // On a, where the names of b are to be known; on b the two channels are the other way round.
 * BridgeLink b = BridgeLink.of("aeron:udp?endpoint=b:40130", "aeron:udp?endpoint=a:40130");
 * NodeBridge.of(Path.of("/dev/shm/trading"), b).run();
 * }</pre>
 *
 * <p>A message is delivered once, and in the order of its sender, whatever is killed and started
 * again: either bridge, either media driver. It stays in the inbox here until it is in the inbox
 * there; what comes there again is cut, by a file in the directory with the suffix {@code
 * .bridge0}.
 *
 * <p>A request is passed on at most once. If the bridge, or the way to the other machine, is lost
 * before its answer has come, the outcome is {@link io.sluice.CallOutcome#UNKNOWN}. A request that
 * the other machine has not taken when the name leaves it is {@link
 * io.sluice.CallOutcome#NOT_DONE}.
 *
 * <p>A machine that is silent for the timeout of its link is lost: its names have no owner here any
 * more. If it comes back, so do they. A name that has an owner on two machines is each one's own:
 * neither bridge takes it. What either owner sends to the other machine comes from {@value #NAME}
 * there, and its requests are not done.
 *
 * <p>The bridge has a name of its own in the directory, {@value #NAME}: a second bridge there is
 * refused. Names are passed on to machines that are linked directly, so each two are to be.
 */
public final class NodeBridge implements AutoCloseable {
    /** The name of the bridge in each directory. */
    public static final String NAME = "sluice-bridge";

    /** The number of names, if the bridge creates the directory. */
    static final int MAX_NODES = 64;

    private static final int DEFAULT_CAPACITY = 1 << 16;

    /** The time between two looks at who owns the names of this machine. */
    private static final long NAMES_NANOS = 5_000_000;

    private final Path directory;
    private final List<BridgeLink> links;
    private final AtomicBoolean started = new AtomicBoolean();
    private final IdleStrategy idle = AeronChannels.backoff();
    private volatile List<NodePeer> peers = List.of();
    private NodeEndpoint node;

    /** The names of this machine, the same object as long as they are the same. */
    private Map<String, NamedInbox> exported = Map.of();

    private long namesReadAt;
    private volatile String unreadable = "";
    private volatile boolean stopping;

    private NodeBridge(Path directory, List<BridgeLink> links) {
        this.directory = directory;
        this.links = links;
    }

    /**
     * Creates a bridge that does nothing before {@link #run}.
     *
     * @param directory the directory of the names of this machine, which is created if its parent
     *     exists
     * @param links for each other machine, the channel to it and the channel from it; always in the
     *     same order. Both are unicast, and have a stream of their own if two links share one
     * @return the bridge
     * @throws IllegalArgumentException if there is no link, or one is at most once, or has an
     *     archive, or one channel for both directions
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs
     */
    public static NodeBridge of(Path directory, BridgeLink... links) {
        JvmFlag.require();
        Objects.requireNonNull(directory, "directory");
        if (links.length == 0) {
            throw new IllegalArgumentException("no link to another machine");
        }
        for (BridgeLink link : links) {
            if (!link.isConfirmed()) {
                throw new IllegalArgumentException(
                        link + ": messages of nodes are delivered at least once: choose that");
            }
            if (link.archive() != null) {
                throw new IllegalArgumentException(
                        link
                                + ": what nodes send each other is not recorded: leave the archive out");
            }
            if (link.messages().equals(link.confirmations())) {
                throw new IllegalArgumentException(
                        link + " has one channel: a bridge would receive what it has sent");
            }
        }
        return new NodeBridge(directory.toAbsolutePath(), List.of(links));
    }

    /**
     * Passes messages on until {@link #close}. To be called once.
     *
     * @throws IllegalStateException if it was called before, or if another bridge runs in the
     *     directory
     * @throws io.aeron.exceptions.RegistrationException if a media driver refuses a channel
     * @throws IOException if the directory cannot be used
     * @throws InterruptedException if this thread is interrupted while there is nothing to pass on
     */
    public void run() throws IOException, InterruptedException {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("this bridge ran before: make another one");
        }
        NodeParameters parameters =
                new NodeParameters(
                        MAX_NODES,
                        DEFAULT_CAPACITY,
                        null,
                        Waiter.DEFAULT_SPINS,
                        DrainMode.NONE,
                        true,
                        false,
                        false);
        try (NodeEndpoint joined = NodeEndpoint.join(directory, NAME, parameters, 0)) {
            node = joined;
            readNames();
            namesReadAt = System.nanoTime();
            List<NodePeer> all = new ArrayList<>();
            for (int i = 0; i < links.size(); i++) {
                all.add(new NodePeer(this, directory, links.get(i), i));
            }
            peers = all;
            try {
                while (!stopping) {
                    step();
                }
            } finally {
                all.forEach(NodePeer::close);
            }
        }
    }

    private void step() throws IOException, InterruptedException {
        if (System.nanoTime() - namesReadAt > NAMES_NANOS) {
            readNames();
            namesReadAt = System.nanoTime();
        }
        boolean progress = false;
        for (NodePeer peer : peers) {
            progress |= peer.step(exported);
        }
        if (progress) {
            idle.reset();
        } else {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            idle.idle();
        }
    }

    private void readNames() throws IOException {
        try {
            node.poll(null, (memory, offset, length) -> {}, 1); // No one is there.
        } catch (ChannelCorruptedException e) {
            // Logged; nothing that is for another node is there.
        }
        Map<String, NamedInbox> found = new LinkedHashMap<>();
        StringBuilder refusals = new StringBuilder();
        for (String name : node.nodes()) {
            if (!name.equals(NAME) && !isProxy(name)) {
                NamedInbox known = exported.get(name);
                try {
                    found.put(name, known != null ? known : read(name));
                } catch (InvalidPipeException | IOException e) {
                    refusals.append("; ").append(name).append(" is not told: ").append(e);
                }
            }
        }
        if (!found.equals(exported)) {
            exported = found;
        }
        if (!unreadable.contentEquals(refusals)) {
            unreadable = refusals.toString();
        }
    }

    private boolean isProxy(String name) {
        for (NodePeer peer : peers) {
            if (peer.isProxy(name)) {
                return true;
            }
        }
        return false;
    }

    private NamedInbox read(String name) throws IOException {
        try (Pipe inbox = Pipe.open(node.inbox(name))) {
            return new NamedInbox(name, inbox.capacity(), inbox.maxMessageLength());
        }
    }

    /** Tests whether a name is one of this machine, when that was looked at last. */
    boolean isHere(String name) {
        return exported.containsKey(name) || name.equals(NAME);
    }

    /** Returns the node of the bridge, which sends what no other can. */
    NodeEndpoint node() {
        return node;
    }

    /** Returns the capacity that the inbox of a name had here, or a usual one. */
    int capacity(String name) throws IOException {
        return Files.exists(node.inbox(name)) ? read(name).capacity() : DEFAULT_CAPACITY;
    }

    /**
     * Returns what this bridge has done so far. Any thread may call it.
     *
     * @return the counters
     */
    public NodeBridgeStatistics statistics() {
        NodeBridgeStatistics sum = new NodeBridgeStatistics(0, 0, 0, 0, 0, 0, 0);
        for (NodePeer peer : peers) {
            sum = sum.plus(peer.statistics());
        }
        return sum;
    }

    /**
     * Returns, for each other machine, whether a media driver is connected, or why not, which of
     * its names are not known here and which names of this machine are not told or not sent to, and
     * why, in words. Any thread may call it.
     *
     * @return a sentence without a full stop
     */
    public String state() {
        return peers.stream().map(NodePeer::state).collect(Collectors.joining("; ")) + unreadable;
    }

    /**
     * Makes {@link #run} return soon. Calls to other machines that are not answered end with an
     * unknown outcome; messages that are not confirmed stay in the inboxes of their receivers here.
     * Any thread may call it; it does not wait.
     */
    @Override
    public void close() {
        stopping = true;
    }
}
