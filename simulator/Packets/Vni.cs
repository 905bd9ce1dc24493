namespace MizarLab.Packets;

/// <summary>
/// A tunnel id. Tables key on all 64 bits, the wire carries the low 24 (spec §2.4). VNI 0 is the substrate:
/// underlay address → MAC entries live under it in the endpoint table.
/// </summary>
public readonly record struct Vni(ulong Value) : IComparable<Vni>
{
    public static readonly Vni Substrate = new(0);

    /// <summary>The 24 bits a Geneve header has room for.</summary>
    public uint OnWire => (uint)Value & 0xFF_FFFF;

    public int CompareTo(Vni other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
