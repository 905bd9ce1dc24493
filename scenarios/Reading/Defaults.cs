using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Scenarios.Reading;

/// <summary>Addresses nobody wrote: always the same for the same file.</summary>
internal static class Defaults
{
    /// <summary>Where droplet addresses come from unless given: the bridge network a container engine has.</summary>
    public static readonly Ipv4Prefix DropletAddresses = new(new Ipv4Address(0xAC11_0000), 16);

    /// <summary>The first of them; .1 is usually the bridge itself.</summary>
    public const int FirstDroplet = 2;

    /// <summary>02:42 and the four bytes of the address.</summary>
    public static MacAddress DropletMac(Ipv4Address address) => new(0x0242_0000_0000ul | address.Value);

    /// <summary>6a, the network's number (low 8 bits) and the four bytes of the address: a local unicast MAC.</summary>
    public static MacAddress EndpointMac(int network, Ipv4Address address) => new(0x6A00_0000_0000ul | (ulong)(network & 0xFF) << 32 | address.Value);

    /// <summary>
    /// a5:5b:00, the network's number (low 16 bits) and the address's last byte. 0xA5 has the group bit set, upstream's defect
    /// (spec §2.6); in dialect <c>lab</c> the first byte is 02.
    /// </summary>
    public static MacAddress GatewayMac(Dialect dialect, int network, Ipv4Address address) =>
        new((dialect == Dialect.Mizar ? 0xA55B_0000_0000ul : 0x025B_0000_0000ul) | (ulong)(network & 0xFFFF) << 8 | address.Value & 0xFF);

    /// <summary>The first host address; of a /31 or /32 the only one there is.</summary>
    public static Ipv4Address Gateway(Ipv4Prefix network) => new(network.Address.Value + (network.Length < 31 ? 1u : 0u));
}
