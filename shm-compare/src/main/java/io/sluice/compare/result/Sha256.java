package io.sluice.compare.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest of a file, by which it can be told from another of the same name. */
public final class Sha256 {
    private Sha256() {}

    /**
     * Computes it.
     *
     * @param file the file
     * @return hexadecimal; null if it cannot be read
     */
    public static String of(Path file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (IOException | NoSuchAlgorithmException e) {
            return null;
        }
    }
}
