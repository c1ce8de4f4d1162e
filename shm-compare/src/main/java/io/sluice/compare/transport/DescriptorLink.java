package io.sluice.compare.transport;

/** A link over descriptors, which it closes. A subclass says which calls transfer a message. */
abstract class DescriptorLink implements Link {
    final Descriptors ends;

    DescriptorLink(Descriptors ends) {
        this.ends = ends;
    }

    @Override
    public final long capacity() {
        return ends.capacity;
    }

    @Override
    public void close() {
        ends.close();
    }
}
