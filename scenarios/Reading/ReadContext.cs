using MizarLab.Overlay;
using MizarLab.Scenarios.Inputs;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Reading;

/// <summary>What a shape may ask while it reads: where errors go, which names the topology declares, and the files beside.</summary>
internal sealed class ReadContext(Diagnostics diagnostics, YamlNode? topology, IInputFiles? inputs = null)
{
    public Diagnostics Diagnostics => diagnostics;

    public IInputFiles Inputs => inputs ?? NoInputs.Instance;

    public NameTable Droplets { get; } = new("droplet", topology, "droplets");

    public NameTable Vpcs { get; } = new("VPC", topology, "vpcs");

    public NameTable Networks { get; } = new("network", topology, "networks");

    public NameTable Endpoints { get; } = new("endpoint", topology, "endpoints");

    public NameTable Services { get; } = new("service", topology, "services");

    public NameTable Policies { get; } = new("policy", topology, "policies");
}

/// <summary>
/// The names one section of the topology declares, collected before anything is read so that the order of sections does not
/// matter. Their order is that of the ids.
/// </summary>
internal sealed class NameTable
{
    private readonly string noun;
    private readonly List<string> names = [];
    private readonly SortedDictionary<string, int> index = new(StringComparer.Ordinal);

    /// <summary>The section could not be read: its names are unknown, which is reported there and nowhere else.</summary>
    private readonly bool unreadable;

    public NameTable(string noun, YamlNode? topology, string section)
    {
        this.noun = noun;
        YamlNode? node = (topology as YamlMap)?[section];
        unreadable = topology is not YamlMap sections || node is not (null or YamlMap or YamlScalar { IsNull: true })
            || node is null && sections.Entries.Any(entry => Suggestion.Nearest(entry.Key.Text, [section]) is not null);
        foreach (YamlEntry entry in node is YamlMap map ? map.Entries : [])
        {
            index.TryAdd(entry.Key.Text, names.Count);
            names.Add(entry.Key.Text);
        }
    }

    public IReadOnlyList<string> All => names;

    public string this[int id] => names[id];

    /// <summary>The id of a declared name; −1, and an error, when it is not.</summary>
    public int Find(YamlScalar scalar, Diagnostics diagnostics)
    {
        if (index.TryGetValue(scalar.Text, out int id))
        {
            return id;
        }
        if (!unreadable)
        {
            diagnostics.ReportUnknown(scalar.Where, $"{noun} {scalar.What} is not declared", scalar.Text, names);
        }
        return -1;
    }

    /// <summary>The id of a name, or −1; says nothing.</summary>
    public int Find(string name) => index.GetValueOrDefault(name, -1);
}
