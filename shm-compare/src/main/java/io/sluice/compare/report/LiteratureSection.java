package io.sluice.compare.report;

/** What others have published, apart from everything that was measured here. */
final class LiteratureSection {
    private static final String[][] CLAIMS = {
        {
            "Tachyon (2026)",
            "110 times a pipe, 82 times a Unix socket (56.5 ns against 6,236 ns, median round trip)",
            "one spins, the other sleeps; the two CPUs are probably hyper-threads of one core"
        },
        {
            "goldsborough/ipc-bench",
            "29 times a pipe, 36 times a Unix socket (100 bytes)",
            "one spins, the other sleeps; its pipe is paced by signals, and its reply is a signal"
        },
        {
            "iceoryx2, README chart",
            "11 times (64 B) to 10,400 times (4 MB) a message queue",
            "hyper-threads of one core; the payload is neither written nor read"
        },
        {
            "Shadow simulator, pull request 1462",
            "2 times (futex about 3 µs, Unix socket about 6 µs)",
            "both sleep: the fair comparison"
        },
        {
            "S. Williams (Shopify)",
            "1.4 times (31 µs against 43 µs)",
            "both sleep; on a throttled virtual machine, whose wake-ups dominate"
        },
        {"libzmq, pull request 4918", "0.07 times at 1 KiB, 8 times at 1 MiB", "not established"},
        {
            "suenot/trading-ipc-bench",
            "3.8 times slower than a Unix socket",
            "the memory is guarded by semaphores"
        },
        {
            "Immich and others (2003)",
            "slower than a pipe on six Unix systems",
            "the memory is guarded by semaphores"
        },
    };

    private LiteratureSection() {}

    static String render() {
        Table table =
                new Table(
                        "What others say of shared memory against the kernel, on their machines",
                        "Source",
                        "shared memory is",
                        "what else differed");
        for (String[] claim : CLAIMS) {
            table.row(claim);
        }
        return new Section("literature", "Appendix: numbers from the literature")
                .text(
                        "None of this was measured here, and none of it may be set beside the"
                                + " numbers above: other machines, other messages, and mostly two"
                                + " changes at once. It shows why one ratio says little: published"
                                + " ones reach from 0.07 to 110.")
                .table(table)
                .toString();
    }
}
