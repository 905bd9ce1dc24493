using MizarLab.Harness.Bpf;
using MizarLab.Harness.Functions;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Workload.Tcp;

namespace MizarLab.Harness.Backends;

/// <summary>What all live backends can see, and need.</summary>
internal static class LiveTraits
{
    /// <summary>Programs the backends start, and the packages they come in.</summary>
    private static readonly (string Program, string Package)[] Programs =
    [
        ("ip", "iproute2"), ("bridge", "iproute2"), ("nsenter", "util-linux"), ("ping", "iputils-ping"),
    ];

    public static BackendTraits Of(string name) => new()
    {
        Name = name,
        Live = true,
        TableChangesPerHop = false,
        EnforcesLinks = false,
    };

    /// <summary>What no live backend can enforce.</summary>
    public static string? Lacks(Plan plan)
    {
        Underlay underlay = plan.Topology.Underlay;
        if (plan.Topology.Droplets.Any(d => d.Bandwidth is { HorizonNanoseconds: > 0 }))
        {
            return "a best-effort horizon above 0 needs a queue that heeds departure times (fq), which this kernel lacks; the simulated backends have one";
        }
        if (plan.Topology.Endpoints.Any(e => e.FunctionPort == FunctionPort.AfXdp) && !XdpSocket.IsThere())
        {
            return "a function through af_xdp needs a kernel with CONFIG_XDP_SOCKETS; through an interface it needs none";
        }
        if (plan.Scenario.Timeline.OfType<TrafficStep>().FirstOrDefault() is { } traffic)
        {
            return $"step '{traffic.Name}' is a workload timed in microseconds, which processes of a live backend do not keep; the simulated backends do";
        }
        if (plan.Scenario.Tcp != TcpSettings.Default)
        {
            return "the TCP of endpoints is the kernel's own here; the simulated backends' is as the scenario says";
        }
        return underlay.Shape.Kind != FabricKind.Star ? $"all droplets are on one bridge here, which is no {underlay.Shape}; the simulated backends have fabrics"
            : underlay.Link.MarkFrames > 0 || underlay.Link.MarkBytes > 0 ? "the bridge's queues make no ECN marks; the simulated backends' do"
            : underlay.Nic.Queues > 0 ? "cores are the machine's own, not a NIC's of so many queues; the simulated backends have these"
            : null;
    }

    /// <summary>Root, the compiled programs and libbpf, and the commands.</summary>
    public static Availability Probe()
    {
        if (BpfObjects.Probe() is { Available: false } bpf)
        {
            return bpf;
        }
        foreach ((string program, string package) in Programs)
        {
            if (!IsOnPath(program))
            {
                return Availability.No($"'{program}' is not installed; as root: apt-get install {package}");
            }
        }
        return Availability.Yes;
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
