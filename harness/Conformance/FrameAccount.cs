using System.Globalization;

namespace MizarLab.Harness.Conformance;

/// <summary>Says in words where two frames differ: one line a field, expected and got in hexadecimal.</summary>
internal static class FrameAccount
{
    /// <summary>Field names by offset, of a frame with Mizar's fixed outer headers (§2).</summary>
    private static readonly (int Offset, string Name)[] Outer =
    [
        (0, "outer destination MAC"), (6, "outer source MAC"), (12, "outer EtherType"),
        (14, "outer version and header length"), (15, "outer TOS"), (16, "outer total length"), (18, "outer identification"),
        (20, "outer fragment"), (22, "outer TTL"), (23, "outer protocol"), (24, "outer checksum"), (26, "outer source"), (30, "outer destination"),
        (34, "UDP source port"), (36, "UDP destination port"), (38, "UDP length"), (40, "UDP checksum"),
        (42, "Geneve version and option length"), (43, "Geneve flags"), (44, "Geneve protocol"), (46, "VNI"), (49, "Geneve reserved"),
        (50, "RTS class"), (52, "RTS type"), (53, "RTS length"), (54, "RTS flags"), (55, "RTS host"), (59, "RTS MAC"), (65, "RTS padding"),
        (66, "scaled class"), (68, "scaled type"), (69, "scaled length"), (70, "scaled data"),
        (98, "pod label"), (106, "namespace label"), (114, "inner destination MAC"), (120, "inner source MAC"), (126, "inner EtherType"), (128, "inner payload"),
    ];

    private static readonly (int Offset, string Name)[] Plain =
        [(0, "destination MAC"), (6, "source MAC"), (12, "EtherType"), (14, "payload")];

    /// <summary>The differences, or none.</summary>
    public static IEnumerable<string> Differences(byte[] expected, byte[] got)
    {
        if (expected.AsSpan().SequenceEqual(got))
        {
            yield break;
        }
        if (expected.Length != got.Length)
        {
            yield return $"length: expected {expected.Length} bytes, got {got.Length}";
        }
        (int Offset, string Name)[] fields = IsGeneve(expected) ? Outer : Plain;
        for (int i = 0; i < fields.Length; i++)
        {
            int end = i + 1 < fields.Length ? fields[i + 1].Offset : int.MaxValue;
            string wanted = Slice(expected, fields[i].Offset, end);
            string have = Slice(got, fields[i].Offset, end);
            if (wanted != have)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{fields[i].Name} (byte {fields[i].Offset}): expected {wanted}, got {have}");
            }
        }
    }

    private static bool IsGeneve(byte[] frame) =>
        frame.Length >= 42 && frame[12] == 0x08 && frame[13] == 0 && frame[23] == 17 && frame[36] == 0x17 && frame[37] == 0xC1;

    private static string Slice(byte[] frame, int from, int to)
    {
        int end = Math.Min(to, frame.Length);
        return end <= from ? "nothing" : Convert.ToHexStringLower(frame, from, end - from);
    }
}
