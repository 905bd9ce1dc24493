using System.Reflection;
using System.Xml.Linq;

namespace MizarLab.Tests.Architecture;

/// <summary>Holds the arrows of docs/architecture.md: cli → harness, reports, scenarios, simulator; harness → scenarios, simulator; reports and scenarios → simulator; simulator → nobody.</summary>
public sealed class WhoMayKnowWhomTests
{
    private static readonly SortedDictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["simulator"] = [],
        ["scenarios"] = ["simulator"],
        ["reports"] = ["simulator"],
        ["harness"] = ["scenarios", "simulator"],
        ["cli"] = ["harness", "reports", "scenarios", "simulator"],
    };

    private static readonly SortedDictionary<string, Assembly> Assemblies = new(StringComparer.Ordinal)
    {
        ["simulator"] = typeof(MizarLab.Packets.Frame).Assembly,
        ["scenarios"] = typeof(MizarLab.Scenarios.ScenarioLoader).Assembly,
        ["reports"] = Assembly.Load("MizarLab.Reports"),
        ["harness"] = typeof(MizarLab.Harness.Backends.IBackend).Assembly,
        ["cli"] = Assembly.Load("mizarlab"),
    };

    public static TheoryData<string> Parts => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_part_refers_only_to_the_projects_it_may_know(string part)
    {
        string project = Directory.GetFiles(Path.Combine(Repository.Root, part), "*.csproj").Single();
        IEnumerable<string> known = XDocument.Load(project).Descendants("ProjectReference")
            .Select(r => Path.GetFileName(Path.GetDirectoryName(r.Attribute("Include")!.Value)!));
        Assert.Empty(known.Except(Allowed[part]));
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_part_uses_only_the_assemblies_it_may_know(string part)
    {
        SortedDictionary<string, string> names = new(StringComparer.Ordinal);
        foreach ((string name, Assembly assembly) in Assemblies)
        {
            names[assembly.GetName().Name!] = name;
        }
        IEnumerable<string> used = Assemblies[part].GetReferencedAssemblies().Where(a => names.ContainsKey(a.Name!)).Select(a => names[a.Name!]);
        Assert.Empty(used.Except(Allowed[part]));
    }

    [Fact]
    public void The_simulator_uses_no_assembly_that_touches_files_processes_or_sockets()
    {
        string[] refused = ["System.IO.FileSystem", "System.Diagnostics.Process", "System.Net.Sockets", "System.Net.Http", "System.IO.MemoryMappedFiles"];
        Assert.Empty(Assemblies["simulator"].GetReferencedAssemblies().Select(a => a.Name!).Intersect(refused));
    }
}
