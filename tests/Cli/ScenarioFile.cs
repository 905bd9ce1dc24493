using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Cli;

/// <summary>Scenario files of the tests' own: two endpoints in one network, over three droplets.</summary>
internal static class ScenarioFile
{
    /// <summary>Writes one and returns its path.</summary>
    public static string Write(TemporaryFolder folder, string file, string timeline, string expect, string on = "model", string name = "two endpoints")
    {
        string path = folder.File(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $$"""
            name: {{name}}
            dialect: mizar
            on: [{{on}}]
            topology:
              droplets: { left: {}, right: {}, switch: {} }
              vpcs: { blue: { vni: 3, cidr: 10.0.0.0/16 } }
              networks: { net: { vpc: blue, cidr: 10.0.0.0/16, bouncers: [switch] } }
              endpoints:
                a: { network: net, address: 10.0.0.2, droplet: left }
                b: { network: net, address: 10.0.0.3, droplet: right }
            timeline: [ {{timeline}} ]
            expect: [ {{expect}} ]
            """);
        return path;
    }

    /// <summary>Passes.</summary>
    public static string Good(TemporaryFolder folder, string file = "good.yaml", string on = "model") =>
        Write(folder, file, "ping: { from: a, to: b }", "reachable: { from: a, to: b }", on);

    /// <summary>Does not hold: what it says is unreachable answers.</summary>
    public static string Bad(TemporaryFolder folder, string file = "bad.yaml") =>
        Write(folder, file, "ping: { from: a, to: b }", "unreachable: { from: a, to: b }", name: "it answers");
}
