using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct droplet of bpf/droplet.h, what programs find without a lookup, in memory shared with them. Each part has one writer, a codec. Words are stored whole;
/// of a longer part a program that runs meanwhile may see half the change.
/// </summary>
internal sealed unsafe class DropletCell : IDisposable
{
    /// <summary>The map libbpf makes of the variable's section.</summary>
    public const string Map = ".data.droplet";

    private const int Bytes = 128, PolicyAt = 24, NatAt = 32, NetworkLengthsAt = 36, FlatStatesAt = 40, FlatTables = 4;

    private byte* memory;

    public DropletCell(BpfMap map)
    {
        memory = map.MapMemory((nuint)Environment.SystemPageSize);
        new Span<byte>(memory, Bytes).Clear();
    }

    /// <summary>struct interface_config.</summary>
    public Span<byte> Interface => new(memory, PolicyAt);

    public void SetPolicy(uint enforced, uint epoch) => Volatile.Write(ref *(ulong*)(memory + PolicyAt), enforced | ((ulong)epoch << 32));

    public void SetNatInUse(bool used) => Volatile.Write(ref *(uint*)(memory + NatAt), used ? 1u : 0u);

    /// <summary>As bpf/networks.h has them.</summary>
    public void SetNetworkLengths(uint lengths) => Volatile.Write(ref *(uint*)(memory + NetworkLengthsAt), lengths);

    /// <summary>The state word of a flat table; valid as long as this object.</summary>
    /// <param name="table">enum flat_table.</param>
    public ref ulong FlatState(int table)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)table, (uint)FlatTables);
        return ref ((ulong*)(memory + FlatStatesAt))[table];
    }

    public void Dispose()
    {
        if (memory != null)
        {
            _ = LibC.Unmap((nint)memory, (nuint)Environment.SystemPageSize);
            memory = null;
        }
    }
}
