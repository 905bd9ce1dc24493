namespace MizarLab.Packets;

/// <summary>IP protocol numbers the lab speaks of; any other 8-bit value is legal in a field of this type.</summary>
public enum IpProtocol : byte
{
    Icmp = 1,
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}
