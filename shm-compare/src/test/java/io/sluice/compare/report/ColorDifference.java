package io.sluice.compare.report;

/** How different two colors look: CIEDE2000 (Sharma, Wu and Dalal, 2005). */
final class ColorDifference {
    private static final double C7 = Math.pow(25, 7);

    private ColorDifference() {}

    /** Returns ΔE of two colors like "#0072b2" or "#fff"; 1 is just visible. */
    static double between(String one, String other) {
        double[] p = lab(one);
        double[] q = lab(other);
        double c = (Math.hypot(p[1], p[2]) + Math.hypot(q[1], q[2])) / 2;
        double g = 1.5 - Math.sqrt(Math.pow(c, 7) / (Math.pow(c, 7) + C7)) / 2;
        double c1 = Math.hypot(g * p[1], p[2]);
        double c2 = Math.hypot(g * q[1], q[2]);
        double h1 = hue(g * p[1], p[2]);
        double h2 = hue(g * q[1], q[2]);
        double dh = c1 * c2 == 0 ? 0 : (h2 - h1 + 540) % 360 - 180;
        double hue = c1 * c2 == 0 ? h1 + h2 : h1 + dh / 2;
        double chroma = (c1 + c2) / 2;
        double light = Math.pow((p[0] + q[0]) / 2 - 50, 2);
        double t =
                1
                        - 0.17 * cos(hue - 30)
                        + 0.24 * cos(2 * hue)
                        + 0.32 * cos(3 * hue + 6)
                        - 0.20 * cos(4 * hue - 63);
        double l = (q[0] - p[0]) / (1 + 0.015 * light / Math.sqrt(20 + light));
        double dc = (c2 - c1) / (1 + 0.045 * chroma);
        double h =
                2
                        * Math.sqrt(c1 * c2)
                        * Math.sin(Math.toRadians(dh / 2))
                        / (1 + 0.015 * chroma * t);
        double turn = 30 * Math.exp(-Math.pow(((hue + 360) % 360 - 275) / 25, 2));
        double r =
                -Math.sin(Math.toRadians(2 * turn))
                        * 2
                        * Math.sqrt(Math.pow(chroma, 7) / (Math.pow(chroma, 7) + C7));
        return Math.sqrt(l * l + dc * dc + h * h + r * dc * h);
    }

    private static double cos(double degrees) {
        return Math.cos(Math.toRadians(degrees));
    }

    private static double hue(double a, double b) {
        return (Math.toDegrees(Math.atan2(b, a)) + 360) % 360;
    }

    private static double[] lab(String color) {
        String six = color.length() == 4 ? color.replaceAll("([0-9a-f])", "$1$1") : color;
        double[] rgb = new double[3];
        for (int i = 0; i < 3; i++) {
            double part = Integer.parseInt(six.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
            rgb[i] = part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
        }
        double x = f((0.4124564 * rgb[0] + 0.3575761 * rgb[1] + 0.1804375 * rgb[2]) / 0.95047);
        double y = f(0.2126729 * rgb[0] + 0.7151522 * rgb[1] + 0.0721750 * rgb[2]);
        double z = f((0.0193339 * rgb[0] + 0.1191920 * rgb[1] + 0.9503041 * rgb[2]) / 1.08883);
        return new double[] {116 * y - 16, 500 * (x - y), 200 * (y - z)};
    }

    private static double f(double t) {
        return t > 216.0 / 24389 ? Math.cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
}
