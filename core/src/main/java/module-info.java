/** Lock-free channels for Java, between threads and between processes. */
@SuppressWarnings({"module", "requires-automatic", "requires-transitive-automatic"})
module io.sluice {
    // Transitive: exported signatures name Agrona's IdleStrategy and buffers, and JCTools'
    // MessagePassingQueue. Agrona is an automatic module.
    requires transitive org.agrona;
    requires transitive org.jctools.core.jdk11;
    // Where this module is missing, there are no events.
    requires static jdk.jfr;
    // Of io.sluice.metrics. Not transitive: a user without Micrometer could not be compiled.
    requires static micrometer.core;
    requires static java.management;

    exports io.sluice;
    exports io.sluice.agrona;
    exports io.sluice.flow;
    exports io.sluice.io;
    exports io.sluice.metrics;
    exports io.sluice.queue;
    // How an end waits, and is closed by another thread.
    exports io.sluice.wait to
            io.sluice.aeron;
    // A bridge owns the names of nodes of another machine, and passes their messages on.
    exports io.sluice.node to
            io.sluice.aeron;
    // A bridge has a mapped file, whose pages another program can remove.
    exports io.sluice.memory to
            io.sluice.aeron;
}
