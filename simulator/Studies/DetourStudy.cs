using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Studies;

/// <summary>
/// The ways of a service's packets (spec 09 Q22, 03 §3.9.4): the first of a connection goes to the service's bouncer, back to the client's host, which remembers, and on to the backend by its network's
/// bouncer again; once the backend has answered, the client's host sends straight to the backend's. Beside it, a packet straight to the backend.
/// </summary>
/// <param name="across">Whether the service and its backend are in another network than the client.</param>
/// <param name="onBouncer">Whether the client lives on the bouncer's droplet.</param>
/// <param name="settings">Of the data plane.</param>
public sealed class DetourStudy(bool across, bool onBouncer, DataPlaneSettings settings) : IStudy
{
    private const ushort ClientPort = 40_000, OtherPort = 40_001;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("first", "frames", "Frames on the underlay of a connection's first packet to the service"),
        new("plain", "frames", "Of the first packet straight to the backend, in a network where nobody knows anybody"),
        new("detour", "frames", "First less plain"),
        new("reply", "frames", "Of the backend's answer"),
        new("later", "frames", "Of the client's next packet"),
        new("delivered", "frames", "Of the three packets of the connection, those that arrived"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        World service = new(across, onBouncer, settings), plain = new(across, onBouncer, settings);
        long before = service.Running.Delivered;
        long first = service.FramesOf(service.Client, service.Net.Datagram(service.Client, service.Net.AddressOf(service.Service), ClientPort, StudyNet.ServicePort), run.Cancel);
        long reply = service.FramesOf(service.Backend, service.Net.Datagram(service.Backend, service.Net.AddressOf(service.Client), StudyNet.ServicePort, ClientPort), run.Cancel);
        long later = service.FramesOf(service.Client, service.Net.Datagram(service.Client, service.Net.AddressOf(service.Service), ClientPort, StudyNet.ServicePort), run.Cancel);
        long arrived = service.Running.Delivered - before;
        long straight = plain.FramesOf(plain.Client, plain.Net.Datagram(plain.Client, plain.Net.AddressOf(plain.Backend), OtherPort, StudyNet.ServicePort), run.Cancel);
        return StudyResult.Of(first, straight, first - straight, reply, later, arrived);
    }

    private sealed class World
    {
        public World(bool across, bool onBouncer, DataPlaneSettings settings)
        {
            DropletId host = Net.Droplet(), bouncer = Net.Droplet(), divider = Net.Droplet(), far = Net.Droplet(), backendHost = Net.Droplet();
            VpcId vpc = Net.Vpc(divider);
            NetworkId near = Net.Network(vpc, bouncer), other = across ? Net.Network(vpc, far) : near;
            Client = Net.Endpoint(near, onBouncer ? bouncer : host);
            Backend = Net.Endpoint(other, backendHost);
            Service = Net.Service(other, Backend);
            Running = Net.Begin(settings);
        }

        public StudyNet Net { get; } = new();

        public RunningNet Running { get; }

        public EndpointId Client { get; }

        public EndpointId Backend { get; }

        public ServiceId Service { get; }

        public long FramesOf(EndpointId from, byte[] packet, CancellationToken cancel)
        {
            long before = Running.OnTheWire;
            Running.Send(from, packet);
            Running.Settle(cancel);
            return Running.OnTheWire - before;
        }
    }
}
