package io.sluice.compare.transport;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.sluice.compare.result.Waiting;

/**
 * A row of {@code mechanisms.json}: what a mechanism of this jar is. How it works is written in a
 * class. A row may be like an earlier one, and then has only what differs.
 *
 * @param type which class of this package it has
 * @param use how its descriptors are used; null if it has none
 * @param bytes how large it is made; 0 for the kernel's default
 * @param fanIn whether several initiators may open the same address
 * @param batches whether a call may carry several messages
 * @param counts whether its ends share {@link Counts}
 * @param traits its traits; in the file, <code>${name}</code> is a number of this machine
 */
@JsonIgnoreProperties("like")
record Mechanism(
        String type,
        String id,
        Waiting waiting,
        String description,
        DescriptorTransport.Use use,
        int bytes,
        boolean fanIn,
        boolean batches,
        boolean counts,
        Traits traits) {
    /** Returns the mechanism. */
    ListedTransport transport() {
        String name = getClass().getPackageName() + "." + type;
        ListedTransport made = (ListedTransport) Transports.TransportSource.make(name);
        made.row = this;
        return made;
    }
}
