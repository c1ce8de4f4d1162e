package io.sluice.compare.result;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** Histograms as text: base64 of HdrHistogram's compressed V2 encoding. */
public final class Hdr {
    private Hdr() {}

    /** Returns the text of a histogram, which must not be recorded to meanwhile. */
    public static String encode(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    /**
     * Returns the histogram of a text.
     *
     * @throws IllegalArgumentException if the text is not one that {@link #encode} wrote
     */
    public static Histogram decode(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
        } catch (DataFormatException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "hdr=" + abbreviated(text) + " is not base64 of a compressed V2 histogram", e);
        }
    }

    private static String abbreviated(String text) {
        return text == null || text.length() <= 32 ? text : text.substring(0, 32) + "...";
    }
}
