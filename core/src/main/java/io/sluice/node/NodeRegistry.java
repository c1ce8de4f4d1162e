package io.sluice.node;

import static io.sluice.node.RegistryDescriptor.CAPACITY_OFFSET;
import static io.sluice.node.RegistryDescriptor.EPOCH_OFFSET;
import static io.sluice.node.RegistryDescriptor.GENERATION_OFFSET;
import static io.sluice.node.RegistryDescriptor.JOINED_OFFSET;
import static io.sluice.node.RegistryDescriptor.LENGTH_OFFSET;
import static io.sluice.node.RegistryDescriptor.MAGIC;
import static io.sluice.node.RegistryDescriptor.MAGIC_OFFSET;
import static io.sluice.node.RegistryDescriptor.MAX_NAME_LENGTH;
import static io.sluice.node.RegistryDescriptor.MAX_NODES;
import static io.sluice.node.RegistryDescriptor.NAME_OFFSET;
import static io.sluice.node.RegistryDescriptor.PID_OFFSET;
import static io.sluice.node.RegistryDescriptor.REPLACEABLE_OFFSET;
import static io.sluice.node.RegistryDescriptor.REPLACE_OFFSET;
import static io.sluice.node.RegistryDescriptor.SINCE_OFFSET;
import static io.sluice.node.RegistryDescriptor.VERSION;
import static io.sluice.node.RegistryDescriptor.VERSION_OFFSET;
import static io.sluice.node.RegistryDescriptor.entryOffset;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.linux.Platform;
import io.sluice.linux.SystemCallException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * The names of a directory, and who owns them: the mapped file {@code nodes}, and the file {@code
 * locks}, whose byte <i>n</i> the owner of name <i>n</i> has locked. The kernel frees the lock when
 * the owner closes it or dies, and at no other time. A name keeps its number for as long as the
 * directory exists.
 *
 * <p>Invariant: only the holder of a name's lock writes its generation and <em>joined</em>. A name
 * has an owner if its lock is held and both words are equal: what the file says alone is not
 * trusted.
 *
 * <p>Reading the words: any thread, wait-free; {@link ChannelCorruptedException} if the file was
 * truncated, or a word is none that a node writes. The rest: one thread, which blocks for other
 * processes only while they register a name.
 */
final class NodeRegistry implements AutoCloseable {
    /** The name of the file of names. */
    static final String FILE = "nodes";

    /** The name of the file whose bytes are locked; it is empty, and never mapped. */
    static final String LOCKS = "locks";

    /** The byte of {@code locks} that is locked while a name is added, far beyond the names. */
    private static final long REGISTER_LOCK = 1L << 40;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final long REGISTER_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_PARK_NANOS = 100_000;
    private static final int MAX_TRIES = 64;

    private final Path directory;
    private final Memory words;
    private final int capacity;
    private final Descriptor locks;
    private int self = -1;

    /**
     * Creates a view of names that are valid.
     *
     * @param directory the directory
     * @param words the words of its names
     * @param capacity the number of names
     * @param locks the file of locks, opened by this view alone
     */
    NodeRegistry(Path directory, Memory words, int capacity, Descriptor locks) {
        this.directory = directory;
        this.words = words;
        this.capacity = capacity;
        this.locks = locks;
    }

    /**
     * Checks a name.
     *
     * @throws IllegalArgumentException if it is none
     */
    static void checkName(String name) {
        if (name.length() > MAX_NAME_LENGTH || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name=\"%s\": a node's name has 1 to %s of the characters A-Z, a-z, 0-9, '.', '_' and '-', and does not begin with '.'"
                            .formatted(name, MAX_NAME_LENGTH));
        }
    }

    /**
     * Opens the names of a directory, and creates what does not exist.
     *
     * @param path the directory; its parent must exist
     * @param capacity the number of names, if the file is created
     * @throws InvalidPipeException if it is not such a directory, or other users may write to it
     * @throws IOException if it cannot be used
     */
    static NodeRegistry open(Path path, int capacity) throws IOException {
        Path directory = path.toAbsolutePath();
        createDirectory(directory);
        Descriptor locks = openOrCreate(directory.resolve(LOCKS));
        boolean opened = false;
        try {
            Path file = directory.resolve(FILE);
            if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                lockToRegister(locks);
                try {
                    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                        create(file, capacity);
                    }
                } finally {
                    locks.unlock(REGISTER_LOCK);
                }
            }
            try (Descriptor content = Descriptor.open(file)) {
                NodeRegistry registry = map(directory, file, content, locks);
                opened = true;
                return registry;
            }
        } finally {
            if (!opened) {
                locks.close();
            }
        }
    }

    /**
     * Opens the names of an existing directory for reading only: no name can be added or taken.
     *
     * @param path the directory
     * @throws InvalidPipeException if it is not such a directory, or other users may write to it
     * @throws NoSuchFileException if it does not exist
     * @throws IOException if it may not be read
     */
    static NodeRegistry openReadOnly(Path path) throws IOException {
        Path directory = path.toAbsolutePath();
        checkDirectory(directory, false);
        Path file = directory.resolve(FILE);
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidPipeException(directory, "no file " + FILE, "a directory of nodes");
        }
        Descriptor locks = Descriptor.openReadOnly(directory.resolve(LOCKS));
        try (Descriptor content = Descriptor.openReadOnly(file)) {
            return map(directory, file, content, locks);
        } catch (IOException | RuntimeException | InternalError e) {
            locks.close();
            throw e;
        }
    }

    private static NodeRegistry map(Path directory, Path file, Descriptor content, Descriptor locks)
            throws IOException {
        long length = Files.size(file);
        if (length < Mapping.pageSize() || Long.bitCount(length) != 1) {
            throw new InvalidPipeException(file, length + " bytes", "a directory's names");
        }
        Memory words = Memory.words(Mapping.map(content, 0, length).segment());
        return new NodeRegistry(directory, words, checkHeader(file, words, length), locks);
    }

    private static void createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Checked below, by whatever process it was created.
        }
        checkDirectory(directory, true);
    }

    private static void checkDirectory(Path directory, boolean own) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(
                        directory, "unix:isDirectory,uid,mode", LinkOption.NOFOLLOW_LINKS);
        int mode = (int) found.get("mode");
        if (!Boolean.TRUE.equals(found.get("isDirectory"))
                || own && (int) found.get("uid") != Platform.userId()
                || (mode & WRITABLE_BY_OTHERS) != 0) {
            throw new InvalidPipeException(
                    directory,
                    "owner %s, mode %06o".formatted(found.get("uid"), mode),
                    "a directory of user %s that no other user may write to"
                            .formatted(Platform.userId()));
        }
    }

    private static Descriptor openOrCreate(Path file) throws IOException {
        while (true) {
            try {
                return Descriptor.open(file);
            } catch (SystemCallException e) {
                if (e.errno() != SystemCallException.ENOENT) {
                    throw e;
                }
            }
            try {
                return Descriptor.create(file);
            } catch (SystemCallException e) {
                if (e.errno() != SystemCallException.EEXIST) {
                    throw e;
                }
            }
        }
    }

    private static void lockToRegister(Descriptor locks) throws IOException {
        long start = System.nanoTime();
        while (!locks.tryLock(REGISTER_LOCK)) {
            if (System.nanoTime() - start > REGISTER_TIMEOUT_NANOS) {
                throw new IOException(
                        locks.path()
                                + ": another process has been adding a name for seconds; is it"
                                + " stopped?");
            }
            LockSupport.parkNanos(locks, RETRY_PARK_NANOS);
        }
    }

    /** Creates the file under another name, so that it is whole where it has its name. */
    private static void create(Path file, int capacity) throws IOException {
        Path temporary = file.resolveSibling(FILE + ".tmp");
        Files.deleteIfExists(temporary); // Of a process that died here.
        try (Descriptor content = Descriptor.create(temporary)) {
            long length = RegistryDescriptor.fileLength(capacity, Mapping.pageSize());
            content.allocate(0, length);
            try (Mapping mapping = Mapping.map(content, 0, length)) {
                Memory words = Memory.words(mapping.segment());
                words.setLong(MAGIC_OFFSET, MAGIC);
                words.setLong(VERSION_OFFSET, VERSION);
                words.setLong(CAPACITY_OFFSET, capacity);
            }
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns the number of entries, once the header is valid. */
    static int checkHeader(Path file, Memory words, long length) {
        long magic = words.getLong(MAGIC_OFFSET);
        long version = words.getLong(VERSION_OFFSET);
        long capacity = words.getLong(CAPACITY_OFFSET);
        MappingFault.poll();
        if (magic != MAGIC || version != VERSION) {
            throw new InvalidPipeException(
                    file,
                    "magic 0x%016x, version %s".formatted(magic, version),
                    "magic 0x%016x, version %s".formatted(MAGIC, VERSION));
        }
        if (capacity < 2 || capacity > MAX_NODES || entryOffset((int) capacity) > length) {
            throw new InvalidPipeException(
                    file,
                    "%s names in %s bytes".formatted(capacity, length),
                    "2 to %s that fit".formatted(MAX_NODES));
        }
        return (int) capacity;
    }

    /** Opens the same names for another thread, with a descriptor of its own. */
    NodeRegistry forAnotherThread() throws IOException {
        NodeRegistry other =
                new NodeRegistry(
                        directory, words, capacity, Descriptor.open(directory.resolve(LOCKS)));
        other.self = self;
        return other;
    }

    int capacity() {
        return capacity;
    }

    Path directory() {
        return directory;
    }

    /** Returns the path of a node's pipe for what others send. */
    Path inbox(String name) {
        return directory.resolve(name + ".inbox");
    }

    /** Returns the path of a node's pipe for replies to its requests. */
    Path replies(String name) {
        return directory.resolve(name + ".replies");
    }

    /**
     * Finds a name.
     *
     * @return its number, or -1
     */
    int find(String name) {
        for (int slot = 0; slot < capacity; slot++) {
            if (name.equals(name(slot))) {
                return slot;
            }
        }
        return -1;
    }

    /**
     * Returns the name of an entry.
     *
     * @return the name, or null if the entry is free
     */
    String name(int slot) {
        long entry = entryOffset(slot);
        StringBuilder name = new StringBuilder();
        long length;
        try {
            // edge NODE_NAME, from NodeRegistry.add: the name is whole.
            length = words.getLongAcquire(entry + LENGTH_OFFSET);
            for (int i = 0; i < Math.min(length, MAX_NAME_LENGTH); i++) {
                long word = words.getLong(entry + NAME_OFFSET + i / Long.BYTES * Long.BYTES);
                name.append((char) (word >>> i % Long.BYTES * Byte.SIZE & 0xFF));
            }
            MappingFault.poll();
        } catch (InternalError e) {
            throw MappingFault.asCorruption(e);
        }
        if (length == 0) {
            return null;
        }
        if (length != name.length() || !NAME.matcher(name).matches()) {
            throw corrupt(slot, "the name \"" + name + "\" of length " + length, "a name");
        }
        return name.toString();
    }

    /**
     * Returns the name of a node that was there.
     *
     * @return the name
     */
    String nameOfOwner(int slot) {
        String name = name(slot);
        if (name == null) {
            throw corrupt(slot, "no name", "that of its owner");
        }
        return name;
    }

    private ChannelCorruptedException corrupt(int slot, String found, String expected) {
        return new ChannelCorruptedException(
                "%s: entry %s: found %s; expected %s"
                        .formatted(directory.resolve(FILE), slot, found, expected));
    }

    /**
     * Returns the number of a name, which is added if it is new.
     *
     * @throws IllegalStateException if there is no entry left
     * @throws ChannelCorruptedException if an entry that had an owner has no name
     */
    int register(String name) throws IOException {
        int known = find(name);
        if (known >= 0) {
            return known;
        }
        lockToRegister(locks);
        try {
            int added = find(name);
            for (int slot = 0; slot < capacity && added < 0; slot++) {
                // No edge: only the holder of this lock writes it.
                if (words.getLong(entryOffset(slot) + LENGTH_OFFSET) == 0) {
                    if (generation(slot) != 0) {
                        throw corrupt(slot, "no name, of generation " + generation(slot), "one");
                    }
                    add(slot, name);
                    added = slot;
                }
            }
            if (added < 0) {
                throw new IllegalStateException(
                        "%s has %s names, as many as it was made for: make another directory with more (NodeOptions.maxNodes)"
                                .formatted(directory, capacity));
            }
            return added;
        } finally {
            locks.unlock(REGISTER_LOCK);
        }
    }

    /** Adds a name. Only the holder of the lock for that. */
    void add(int slot, String name) {
        long entry = entryOffset(slot);
        for (int word = 0; word < MAX_NAME_LENGTH / Long.BYTES; word++) {
            long bytes = 0;
            for (int i = Long.BYTES - 1; i >= 0; i--) {
                int index = word * Long.BYTES + i;
                bytes = bytes << Byte.SIZE | (index < name.length() ? name.charAt(index) : 0);
            }
            words.setLong(entry + NAME_OFFSET + (long) word * Long.BYTES, bytes);
        }
        // edge NODE_NAME, to NodeRegistry.name: last, so that a name is whole or not there.
        words.setLongRelease(entry + LENGTH_OFFSET, name.length());
    }

    /**
     * Takes a name, unless another node owns it, and begins its next generation. The name is not
     * joined until {@link #setJoined}.
     *
     * @return whether this node owns it now
     */
    boolean tryOwn(int slot) throws IOException {
        if (!locks.tryLock(slot)) {
            return false;
        }
        self = slot;
        long entry = entryOffset(slot);
        long next = words.getLong(entry + GENERATION_OFFSET) + 1 & 0xFFFF_FFFFL;
        words.setLong(entry + GENERATION_OFFSET, Math.max(next, 1));
        words.setLong(entry + PID_OFFSET, Platform.processId());
        words.setLong(entry + SINCE_OFFSET, System.currentTimeMillis());
        // Before this owner takes anything: see NodeEndpoint.judge.
        VarHandle.fullFence();
        return true;
    }

    /** Lets other nodes ask for the name of this node, which it owns and has not joined. */
    void setReplaceable() {
        long entry = entryOffset(self);
        // No edge: an owner that is asked in vain, or too late, goes on.
        words.setLong(entry + REPLACEABLE_OFFSET, generation(self));
    }

    /**
     * Asks the owner of a name to leave.
     *
     * @return its generation; 0 if it does not let itself be replaced, or there is none
     */
    long askToLeave(int slot) {
        long owner = joined(slot);
        long entry = entryOffset(slot);
        if (owner == 0 || word(entry + REPLACEABLE_OFFSET) != owner) {
            return 0;
        }
        if (word(entry + REPLACE_OFFSET) != owner) {
            words.setLong(entry + REPLACE_OFFSET, owner);
        }
        return owner;
    }

    /** Takes back what {@link #askToLeave} has asked an owner for. */
    void stopAsking(int slot, long owner) {
        // No edge: a hint, as the words of the two methods before.
        words.compareAndSetLong(entryOffset(slot) + REPLACE_OFFSET, owner, 0);
    }

    /** Tests whether another node asks for the name of this node. */
    boolean isAskedToLeave() {
        return word(entryOffset(self) + REPLACE_OFFSET) == generation(self);
    }

    /** Makes this node known to others. */
    void setJoined() {
        // edge JOIN, to NodeRegistry.joined: the pipes have a receiver.
        words.setLongRelease(entryOffset(self) + JOINED_OFFSET, generation(self));
        changeEpoch();
    }

    /** Makes it known that this node leaves; it still owns the name. */
    void setLeft() {
        words.setLong(entryOffset(self) + JOINED_OFFSET, 0);
        changeEpoch();
    }

    /** Frees the name of this node. */
    void disown() throws IOException {
        locks.unlock(self);
    }

    private void changeEpoch() {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            long epoch = words.getLong(EPOCH_OFFSET);
            // No edge: a hint; what it announces is read with edges of its own.
            if (words.compareAndSetLong(EPOCH_OFFSET, epoch, epoch + 1)) {
                return;
            }
        } // Others change it.
    }

    /** Returns a number that changes when a node joins or leaves; not when one dies. */
    long epoch() {
        return word(EPOCH_OFFSET);
    }

    /** Returns the generation of a name's owner, or of its last one; 0 before the first. */
    long generation(int slot) {
        return checkedGeneration(slot, word(entryOffset(slot) + GENERATION_OFFSET));
    }

    /** Returns the generation whose owner has joined and not left, though it may have died. */
    long joined(int slot) {
        try {
            // edge JOIN, from NodeRegistry.setJoined: its pipes are there.
            long joined = words.getLongAcquire(entryOffset(slot) + JOINED_OFFSET);
            MappingFault.poll();
            return checkedGeneration(slot, joined);
        } catch (InternalError e) {
            throw MappingFault.asCorruption(e);
        }
    }

    private long checkedGeneration(int slot, long found) {
        if (found >>> Integer.SIZE != 0) {
            throw corrupt(slot, "generation " + found, "one of 32 bits");
        }
        return found;
    }

    private long word(long offset) {
        try {
            long word = words.getLong(offset);
            MappingFault.poll();
            return word;
        } catch (InternalError e) {
            throw MappingFault.asCorruption(e);
        }
    }

    /** Returns when a name was taken last, in milliseconds since 1970. */
    long since(int slot) {
        return word(entryOffset(slot) + SINCE_OFFSET);
    }

    /** Returns the process id of a name's owner, or of its last one, for messages. */
    long pid(int slot) {
        return word(entryOffset(slot) + PID_OFFSET);
    }

    /** Tests whether a name has an owner, which may not have joined yet: a system call. */
    boolean isOwned(int slot) {
        try {
            return slot == self || locks.isLockedByAnother(slot);
        } catch (IOException e) {
            throw MappingFault.ofFile(directory + ": the lock of name " + slot, e);
        }
    }

    /** Tests whether a node has joined and not left or died: a system call, unless it has left. */
    boolean isPresent(int slot) {
        long joined = joined(slot);
        return joined != 0 && joined == generation(slot) && isOwned(slot);
    }

    /** Releases the locks. The words stay readable. */
    @Override
    public void close() {
        locks.close();
    }
}
