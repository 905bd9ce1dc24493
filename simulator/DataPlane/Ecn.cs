using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Explicit congestion notification through the tunnel (<see cref="Switches.CarryEcnDf"/>, §8.1 P18). Encapsulation copies the field (RFC 6040 §4.1,
/// normal mode); decapsulation joins the two.
/// </summary>
internal static class Ecn
{
    public const int Mask = 3;

    /// <summary>The ECN-capable transports, and congestion experienced.</summary>
    private const int Ect1 = 1, Ect0 = 2, Ce = 3;

    /// <summary>
    /// Decapsulation (RFC 6040 §4.2, figure 4): what the underlay marked reaches the packet, and a packet that cannot carry a mark is lost as a
    /// queue would have lost it.
    /// </summary>
    /// <param name="outerTos">The tunnel header's.</param>
    /// <param name="inner">The inner frame from its Ethernet header on; anything but IPv4 has no such field.</param>
    /// <returns>False when the packet is to be dropped; nothing was changed then.</returns>
    public static bool Join(byte outerTos, Span<byte> inner)
    {
        if (Wire.Read16(inner, Wire.Ethernet.Type) != (ushort)EtherType.Ipv4 || inner.Length < Wire.Ethernet.Length + Wire.Ipv4.Length)
        {
            return true;
        }
        Span<byte> ip = inner[Wire.Ethernet.Length..];
        int outer = outerTos & Mask, own = ip[Wire.Ipv4.Tos] & Mask;
        if (outer == Ce && own == 0)
        {
            return false;
        }
        int joined = own == Ect0 && outer == Ect1 ? Ect1 : own != 0 && outer == Ce ? Ce : own;
        if (joined != own)
        {
            Write(ip, joined);
        }
        return true;
    }

    /// <summary>A queue's mark (RFC 3168 §5) on an IPv4 header.</summary>
    public static void Mark(Span<byte> ip) => Write(ip, Ce);

    private static void Write(Span<byte> ip, int ecn)
    {
        ushort before = Wire.Read16(ip, 0);
        ip[Wire.Ipv4.Tos] = (byte)((ip[Wire.Ipv4.Tos] & ~Mask) | ecn);
        Wire.Write16(ip, Wire.Ipv4.Checksum, InternetChecksum.Update(Wire.Read16(ip, Wire.Ipv4.Checksum), before, Wire.Read16(ip, 0)));
    }
}
