namespace MizarLab.Packets;

/// <summary>EtherTypes the lab speaks of; any other 16-bit value is legal in a field of this type.</summary>
public enum EtherType : ushort
{
    Ipv4 = 0x0800,
    Arp = 0x0806,
    TransparentEthernetBridging = 0x6558,
    Vlan = 0x8100,
    Ipv6 = 0x86DD,
    Lldp = 0x88CC,
}
