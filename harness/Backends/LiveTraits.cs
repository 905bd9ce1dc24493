using MizarLab.Harness.Bpf;
using MizarLab.Management;
using MizarLab.Observation;

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
    public static string? Lacks(Plan plan) => plan.Topology.Droplets.Any(d => d.Bandwidth is { HorizonNanoseconds: > 0 })
        ? "a best-effort horizon above 0 needs a queue that heeds departure times (fq), which this kernel lacks; the simulated backends have one"
        : null;

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
