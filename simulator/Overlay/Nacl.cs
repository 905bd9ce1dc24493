using MizarLab.Packets;

namespace MizarLab.Overlay;

/// <summary>Two VPCs whose networks reach each other by their dividers. Their address spaces do not overlap.</summary>
public readonly record struct Peering(VpcId First, VpcId Second)
{
    /// <summary>The other of the two; null when the VPC is neither.</summary>
    public VpcId? Other(VpcId vpc) => vpc == First ? Second : vpc == Second ? First : null;
}

/// <summary>One rule of a VPC's network ACL; the first that matches decides, and what none matches is allowed. It knows no connections: replies need rules too.</summary>
/// <param name="Allows">Or denies.</param>
/// <param name="Protocol">0: any.</param>
/// <param name="FirstPort">Destination ports; 0 to 65535 is any, and then packets without ports match too.</param>
public readonly record struct NaclRule(bool Allows, Ipv4Prefix Source, Ipv4Prefix Destination, IpProtocol Protocol, ushort FirstPort, ushort LastPort);
