package io.sluice.compare.rig;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Objects as one line of words: what the coordinator and its ends exchange. An end is a virtual
 * machine that has just started, and there the first use of a JSON library takes longer than all
 * else that an end does until it is ready: with Jackson a pair took 1.34 s to start, with this 0.71
 * s (JDK 25, two CPUs). Whatever outlives a fork is JSON.
 *
 * <p>A word is {@code -} for null, {@code (} before the components of an object, a number before as
 * many elements of a list or entries of a map, and {@code =} before the text of anything else.
 *
 * <p>Any thread.
 */
final class RecordLine {
    private static final String NULL = "-";
    private static final String OBJECT = "(";
    private static final String TEXT = "=";

    private RecordLine() {}

    /**
     * Returns an object as a line.
     *
     * @param object a record, a list of records, or an object with a constructor without arguments
     */
    static String write(Object object) {
        StringJoiner line = new StringJoiner(" ");
        write(object, line);
        return line.toString();
    }

    /**
     * Returns the object of a line.
     *
     * @throws IOException if the line is not that of an object of this type
     */
    static <T> T read(String line, Class<T> type) throws IOException {
        return type.cast(readAny(line, words -> value(words, type)));
    }

    /**
     * Returns the objects of the line of a list.
     *
     * @throws IOException if the line is not that of objects of this type
     */
    static <T> List<T> readList(String line, Class<T> type) throws IOException {
        return readAny(line, words -> list(words, type)).stream().map(type::cast).toList();
    }

    private interface ObjectParser<T> {
        T parse(Iterator<String> words) throws ReflectiveOperationException;
    }

    private static <T> T readAny(String line, ObjectParser<T> parser) throws IOException {
        try {
            return parser.parse(Arrays.asList(line.split(" ")).iterator());
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IOException("not the line of an object, or of another type: " + line, e);
        }
    }

    private static void write(Object value, StringJoiner line) {
        if (value == null) {
            line.add(NULL);
        } else if (value instanceof Collection<?> list) {
            line.add(Integer.toString(list.size()));
            list.forEach(each -> write(each, line));
        } else if (value instanceof Map<?, ?> map) {
            line.add(Integer.toString(map.size()));
            map.forEach(
                    (key, each) -> {
                        write(key, line);
                        write(each, line);
                    });
        } else if (value instanceof Enum<?> constant) {
            line.add(TEXT + constant.name());
        } else if (value instanceof Number || value instanceof Boolean || value instanceof String) {
            line.add(TEXT + URLEncoder.encode(value.toString(), UTF_8));
        } else {
            line.add(OBJECT);
            fields(value.getClass()).forEach(field -> write(get(field, value), line));
        }
    }

    private static Object get(Field field, Object of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e); // They are all accessible.
        }
    }

    private static Object value(Iterator<String> words, Type type)
            throws ReflectiveOperationException {
        if (type instanceof ParameterizedType of) {
            Type[] arguments = of.getActualTypeArguments();
            return arguments.length == 1
                    ? list(words, arguments[0])
                    : map(words, arguments[0], arguments[1]);
        }
        String word = words.next();
        if (word.equals(NULL)) {
            return null;
        }
        Class<?> is = (Class<?>) type;
        return word.equals(OBJECT)
                ? object(words, is)
                : scalar(URLDecoder.decode(word.substring(TEXT.length()), UTF_8), is);
    }

    private static List<Object> list(Iterator<String> words, Type of)
            throws ReflectiveOperationException {
        List<Object> list = new ArrayList<>();
        for (int left = Integer.parseInt(words.next()); left > 0; left--) {
            list.add(value(words, of));
        }
        return list;
    }

    private static Map<Object, Object> map(Iterator<String> words, Type keys, Type values)
            throws ReflectiveOperationException {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int left = Integer.parseInt(words.next()); left > 0; left--) {
            map.put(value(words, keys), value(words, values));
        }
        return map;
    }

    private static Object object(Iterator<String> words, Class<?> type)
            throws ReflectiveOperationException {
        List<Field> fields = fields(type);
        Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(words, fields.get(i).getGenericType());
        }
        if (type.isRecord()) {
            Class<?>[] types = fields.stream().map(Field::getType).toArray(Class<?>[]::new);
            return accessible(type.getDeclaredConstructor(types)).newInstance(values);
        }
        Object object = accessible(type.getDeclaredConstructor()).newInstance();
        for (int i = 0; i < values.length; i++) {
            fields.get(i).set(object, values[i]);
        }
        return object;
    }

    private static Constructor<?> accessible(Constructor<?> constructor) {
        constructor.setAccessible(true);
        return constructor;
    }

    /** Returns those of an object, in the order in which HotSpot gives them: as declared. */
    private static List<Field> fields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .peek(field -> field.setAccessible(true))
                .toList();
    }

    private static Object scalar(String text, Class<?> type) {
        if (type == String.class) {
            return text;
        } else if (type == int.class || type == Integer.class) {
            return Integer.valueOf(text);
        } else if (type == long.class || type == Long.class) {
            return Long.valueOf(text);
        } else if (type == double.class || type == Double.class) {
            return Double.valueOf(text);
        } else if (type == boolean.class || type == Boolean.class) {
            return Boolean.valueOf(text);
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> ((Enum<?>) constant).name().equals(text))
                .findFirst()
                .orElseThrow();
    }
}
