package io.sluice.compare.transport;

import io.sluice.compare.kernel.SystemVQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** System V message queues, one each way, blocking. */
final class SystemVQueueTransport extends ListedTransport {
    SystemVQueueTransport(Mechanism mechanism) {
        super(mechanism);
    }

    @Override
    public Optional<String> unavailable() {
        return failure(SystemVQueue::orphaned).map("this kernel has none: "::concat);
    }

    /** Prepares the queues, and removes those that a killed coordinator left. */
    @Override
    public Prepared prepare(Path directory) throws IOException {
        for (int id : SystemVQueue.orphaned()) {
            failure(() -> SystemVQueue.remove(id)); // Another user's only that user may remove.
        }
        int there = SystemVQueue.create(0);
        try {
            int back = SystemVQueue.create(1);
            Runnable remove =
                    surely(
                            () -> {
                                SystemVQueue.remove(there);
                                SystemVQueue.remove(back);
                            });
            return new Prepared(there + ":" + back, () -> {}, remove, List.of());
        } catch (IOException e) {
            SystemVQueue.remove(there);
            throw e;
        }
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) {
        String[] queue = address.split(":");
        return new CopyLink(
                new Descriptors(
                        Integer.parseInt(queue[role.choose(1, 0)]),
                        Integer.parseInt(queue[role.choose(0, 1)]),
                        traits().capacity().bytes()),
                SystemVQueue::send,
                SystemVQueue::receive,
                () -> {}, // The queues are the coordinator's.
                SystemVQueue.HEADER,
                size,
                size + CopyLink.SLACK);
    }
}
