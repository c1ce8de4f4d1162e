package io.sluice.aeron;

import io.aeron.ChannelUri;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;

/**
 * A recording of the stream of a bridge.
 *
 * @param id its number in the archive
 * @param startTimestamp when it began, by the archive's clock, in ms
 * @param initialTermId of its stream
 * @param segmentLength the length of its files, in bytes
 * @param termLength of its stream, in bytes
 * @param mtu of its stream, in bytes
 */
record Recording(
        long id,
        long startTimestamp,
        int initialTermId,
        int segmentLength,
        int termLength,
        int mtu) {
    private static final int ID_BITS = 16;
    private static final int MAX_RECORDINGS = 1 << ID_BITS;

    /**
     * Returns the last recording of a stream, or null.
     *
     * @param channel the channel of the stream; only where it goes counts
     * @throws ArchiveException if the archive refuses
     */
    static Recording find(AeronArchive requests, String channel, int stream) {
        Recording[] last = new Recording[1];
        String endpoint = ChannelUri.parse(channel).get("endpoint");
        requests.listRecordingsForUri(
                0,
                MAX_RECORDINGS,
                endpoint, // Also a part of a longer one.
                stream,
                (control,
                        correlation,
                        id,
                        startTimestamp,
                        stopTimestamp,
                        startPosition,
                        stopPosition,
                        initialTermId,
                        segmentLength,
                        termLength,
                        mtu,
                        session,
                        recordedStream,
                        stripped,
                        original,
                        source) -> {
                    if (endpoint.equals(ChannelUri.parse(original).get("endpoint"))) {
                        last[0] =
                                new Recording(
                                        id,
                                        startTimestamp,
                                        initialTermId,
                                        segmentLength,
                                        termLength,
                                        mtu);
                    }
                });
        return last[0];
    }

    /** Returns a number that no other recording has, also of an archive that was made anew. */
    long identity() {
        return startTimestamp << ID_BITS | id & MAX_RECORDINGS - 1;
    }
}
