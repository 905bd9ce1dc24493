using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// Between a frame's outer header and its waybill: at the sending NIC what switches look at is read out of it once; the receiving
/// NIC writes into it what they changed.
/// </summary>
internal sealed class Addressing
{
    private readonly FabricMap map;
    private readonly FlatTable<MacAddress, int> dropletByMac = new();

    /// <summary>The first droplet's MAC, when those of all follow each other as droplets do (large topologies have such), and how many: then nobody need look in the table.</summary>
    private readonly ulong firstMac;
    private readonly ulong consecutive;

    /// <exception cref="ArgumentException">Two droplets have one MAC.</exception>
    public Addressing(FabricMap map, IReadOnlyList<Droplet> droplets)
    {
        this.map = map;
        bool inTurn = true;
        for (int i = 0; i < droplets.Count; i++)
        {
            MacAddress mac = droplets[i].Mac;
            if (dropletByMac.Contains(in mac))
            {
                throw new ArgumentException($"droplet '{droplets[i].Name}' has the MAC of another, {mac}", nameof(droplets));
            }
            dropletByMac.Put(in mac, in i);
            inTurn &= mac.Value == droplets[0].Mac.Value + (ulong)i;
        }
        if (inTurn && droplets.Count > 0)
        {
            firstMac = droplets[0].Mac.Value;
            consecutive = (ulong)droplets.Count;
        }
    }

    /// <summary>Fills in what is of the frame itself, and where it goes.</summary>
    public void Address(ref Waybill waybill, in Frame frame, int sender)
    {
        ReadOnlySpan<byte> head = frame.HeadView;
        waybill.Length = frame.Length;
        waybill.Sender = sender;
        waybill.Leg = 0;
        waybill.Marked = false;
        Read(ref waybill, head);
        MacAddress destination = MacAddress.Read(head);
        if (destination.IsGroup)
        {
            waybill.Misaddress(LossCause.GroupAddress, UnitOf(sender));
        }
        else if (!TryFind(destination, out int droplet))
        {
            waybill.Misaddress(LossCause.UnknownAddress, UnitOf(sender));
        }
        else if (droplet == sender)
        {
            waybill.Misaddress(LossCause.OwnAddress, UnitOf(sender));
        }
        else
        {
            waybill.AddressTo(droplet, map);
        }
    }

    private bool TryFind(MacAddress mac, out int droplet)
    {
        ulong behindFirst = mac.Value - firstMac;
        droplet = (int)behindFirst;
        return behindFirst < consecutive || (consecutive == 0 && dropletByMac.TryGet(in mac, out droplet));
    }

    private int UnitOf(int sender) => sender < 0 ? 0 : map.UnitOf(sender);

    /// <summary>The hash of addresses, protocol and ports, and the ECN field; of anything but IPv4 there is one flow, which cannot be marked.</summary>
    private static void Read(ref Waybill waybill, ReadOnlySpan<byte> head)
    {
        waybill.FlowHash = 0;
        waybill.Congestion = CongestionField.NotCapable;
        if (head.Length < Wire.Ethernet.Length + Wire.Ipv4.Length || Wire.Read16(head, Wire.Ethernet.Type) != (ushort)EtherType.Ipv4)
        {
            return;
        }
        ReadOnlySpan<byte> ip = head[Wire.Ethernet.Length..];
        waybill.Congestion = (CongestionField)(ip[Wire.Ipv4.Tos] & Ecn.Mask);
        int header = (ip[0] & 0xF) * 4;
        IpProtocol protocol = (IpProtocol)ip[Wire.Ipv4.Protocol];
        bool whole = (Wire.Read16(ip, Wire.Ipv4.Fragment) & Wire.Ipv4.FragmentMask) == 0;
        bool hasPorts = whole && (protocol is IpProtocol.Udp or IpProtocol.Tcp) && ip.Length >= header + 4;
        uint ports = hasPorts ? BinaryPrimitives.ReadUInt32BigEndian(ip[header..]) : 0;
        waybill.FlowHash = FlowHash.Of(BinaryPrimitives.ReadUInt32BigEndian(ip[Wire.Ipv4.Source..]), BinaryPrimitives.ReadUInt32BigEndian(ip[Wire.Ipv4.Destination..]), ports, (byte)protocol);
    }
}

/// <summary>What stands for an outer 5-tuple: each word mixed in by a multiplication and a shift, so that neighbours do not go together.</summary>
internal static class FlowHash
{
    public static uint Of(uint source, uint destination, uint ports, byte protocol)
    {
        ulong hash = ((ulong)source << 32 | destination) * 0x9e37_79b9_7f4a_7c15;
        hash ^= hash >> 32;
        hash = (hash + ports + ((ulong)protocol << 32)) * 0xbf58_476d_1ce4_e5b9;
        return (uint)(hash >> 32);
    }
}
