using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Conformance.Rows;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Draws a value for any field of any row, by its type and, where that says too little, its name.</summary>
internal static class LeafDraw
{
    private static readonly uint[] Classes = [0, 0x0100_0000, 0x0010_0000, 0x0001_0000, 0x1234_5678];
    private static readonly uint[] Priorities = [0, 0x100, 0x10, 0x1, 0x111];

    /// <param name="host">An address here is more likely the underlay's.</param>
    public static object Draw(Leaf leaf, FuzzRandom random, Palette palette, bool host)
    {
        Type type = leaf.Type;
        return type switch
        {
            _ when type == typeof(bool) => random.Chance(1, 2),
            _ when type == typeof(Vni) => palette.AVni(random),
            _ when type == typeof(Ipv4Address) => host || leaf.Name.StartsWith("nic", StringComparison.Ordinal) ? palette.AHost(random) : palette.AnInner(random),
            _ when type == typeof(MacAddress) => random.Chance(1, 4) ? MacAddress.Zero : palette.AMac(random),
            _ when type == typeof(Ipv4Prefix) => Prefix(random, palette),
            _ when type == typeof(AddressList) => List(random, palette),
            _ when type == typeof(IpProtocol) => Palette.AProtocol(random),
            _ when type == typeof(StageProgram) => random.Of<StageProgram>(
                [StageProgram.ScaledEndpoint, StageProgram.ScaledEndpoint, StageProgram.Tx, StageProgram.Pass, StageProgram.Redirect, StageProgram.Drop]),
            _ when type.IsEnum => Enumerated(type, random),
            _ when type == typeof(ulong) => random.Below(4) switch { 0 => 0ul, 1 => 1ul << random.Below(64), 2 => (ulong)random.Below(8), _ => random.UInt64() },
            _ when type == typeof(uint) => Number(leaf.Name, random, palette),
            _ when type == typeof(ushort) => palette.APort(random),
            _ when type == typeof(byte) => random.Byte(),
            _ when type == typeof(int) && leaf.Name == "order" => random.Below(NaclKey.Limit),
            _ when type == typeof(int) => leaf.Name.StartsWith("mtu", StringComparison.Ordinal)
                ? random.Of([0, 0, 1500, 1600, 200, 300, random.Below(70000)])
                : random.Below(4) switch { 0 => -1, 1 => random.Between(-2, 130), _ => random.Below(8) },
            _ => throw new NotSupportedException($"nothing draws a {type.Name}"),
        };
    }

    public static Ipv4Prefix Prefix(FuzzRandom random, Palette palette) => new(
        random.Chance(1, 8) ? Ipv4Address.Any : palette.AnInner(random), random.Below(6) switch { 0 => 0, 1 or 2 => 32, 3 => 16, 4 => random.Below(33), _ => 24 });

    public static AddressList List(FuzzRandom random, Palette palette)
    {
        Ipv4Address[] all = new Ipv4Address[random.Below(12) switch { 0 => 0, 1 => AddressList.Limit, < 7 => 1, _ => random.Between(2, 5) }];
        foreach (ref Ipv4Address address in all.AsSpan())
        {
            address = random.Chance(1, 20) ? palette.AnInner(random) : palette.AHost(random);
        }
        return new AddressList(all);
    }

    private static object Number(string name, FuzzRandom random, Palette palette) => name switch
    {
        "seen" => palette.ATick(random),
        "class_and_priority" => random.Of(Classes) | random.Of(Priorities),
        _ => random.Below(5) switch { 0 => 0u, < 4 => (uint)random.Below(4), _ => random.UInt32() },
    };

    /// <summary>Mostly a value that has a name; of flags any set of them.</summary>
    private static object Enumerated(Type type, FuzzRandom random)
    {
        Array values = Enum.GetValues(type);
        object one = values.GetValue(random.Below(values.Length))!;
        if (!type.IsDefined(typeof(FlagsAttribute), inherit: false))
        {
            return one;
        }
        ulong bits = 0;
        foreach (object value in values)
        {
            bits |= random.Chance(1, 3) ? Convert.ToUInt64(value, CultureInfo.InvariantCulture) : 0;
        }
        return Enum.ToObject(type, bits);
    }
}
