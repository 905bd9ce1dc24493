using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>Addresses that are no single endpoint's: this network's own (0.0.0.0/8), multicast (224.0.0.0/4), broadcast.</summary>
internal static class GroupAddresses
{
    public static bool Has(Ipv4Address address) =>
        address.Value >> 24 == 0 || address.Value >> 28 == 0xE || address == Ipv4Address.Broadcast;
}
