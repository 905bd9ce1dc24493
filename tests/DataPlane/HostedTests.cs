using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>Endpoints that come, go and move: an agent delivers on its droplet to all that are there, and to nobody else.</summary>
public sealed class HostedTests
{
    private const uint First = 0x0A00_0064;
    private const int Endpoints = 120;

    [Fact]
    public void Whoever_is_hosted_here_is_found_however_often_endpoints_move()
    {
        // Fixed seed: a failure is repeatable.
        Random random = new(41);
        LabWorld world = new();
        world.Put(Tables.Slots, 3, new PortId(3));
        bool[] hosted = new bool[Endpoints];
        for (int round = 0; round < 4_000; round++)
        {
            int moved = random.Next(Endpoints);
            hosted[moved] = random.Next(2) == 0;
            Move(world, moved, hosted[moved], isKnown: hosted[moved] || random.Next(2) == 0);
            if (random.Next(500) == 0)
            {
                world.Model.Trim(LabWorld.Droplet);
            }
            int asked = random.Next(Endpoints);
            byte[] frame = new PacketBuilder().Ethernet(MacOf(asked), LabWorld.HostedMac)
                .Ipv4(new Ipv4Address(LabWorld.Hosted), AddressOf(asked)).Udp(4000, 53).Bytes(new byte[20]).ToBytes();

            Assert.Equal(hosted[asked] ? Reason.LocalDelivery : Reason.ToBouncer, world.FromEndpoint(frame, out _).Reason);
        }
    }

    private static void Move(LabWorld world, int endpoint, bool isHosted, bool isKnown)
    {
        uint host = isHosted ? LabWorld.Own : LabWorld.Host;
        EndpointKey key = LabWorld.Key(AddressOf(endpoint).Value);
        if (isKnown)
        {
            // Some are more than an entry has room for.
            Ipv4Address[] remotes = endpoint % 5 == 0 ? [new(host), new(LabWorld.Bouncer)] : [new(host)];
            world.PutEndpoint(key.Address.Value, new EndpointValue(EndpointType.Simple, new AddressList(remotes), isHosted ? 3 : -1, MacOf(endpoint)));
        }
        else
        {
            world.Model.Delete(LabWorld.Droplet, Tables.Endpoints, key);
        }
    }

    private static Ipv4Address AddressOf(int endpoint) => new(First + (uint)endpoint);

    private static MacAddress MacOf(int endpoint) => new(0x0600_0000_1000u + (uint)endpoint);
}
