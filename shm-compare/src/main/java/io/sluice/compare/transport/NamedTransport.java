package io.sluice.compare.transport;

import io.sluice.compare.result.Waiting;

/** A mechanism whose name, way to wait and description are given. */
public abstract class NamedTransport implements Transport {
    private final String id;
    private final Waiting waiting;
    private final String description;

    /**
     * Creates one.
     *
     * @param id its {@link #id}
     * @param waiting its {@link #waiting}
     * @param description its {@link #description}
     */
    protected NamedTransport(String id, Waiting waiting, String description) {
        this.id = id;
        this.waiting = waiting;
        this.description = description;
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final Waiting waiting() {
        return waiting;
    }

    @Override
    public final String description() {
        return description;
    }
}
