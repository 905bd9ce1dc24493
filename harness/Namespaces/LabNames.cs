using System.Globalization;
using System.Text.RegularExpressions;

namespace MizarLab.Harness.Namespaces;

/// <summary>
/// What things of a run are called. A namespace is <c>ml-&lt;run&gt;-net</c> (the underlay), <c>ml-&lt;run&gt;-d3</c> (droplet 3) or
/// <c>ml-&lt;run&gt;-e7</c> (endpoint 7); an underlay port <c>m&lt;run&gt;3</c>. All other links are made inside these
/// namespaces and die with them. Names come from ids, never from a user's text, and are checked here all the same before one reaches a command.
/// </summary>
public static partial class LabNames
{
    /// <summary>The kernel's limit for a link's name: 16 bytes with the terminating zero.</summary>
    public const int LongestLink = 15;

    public const string Nic = "nic";
    public const string Bridge = "br0";
    public const string EndpointDevice = "eth0";

    public static string Underlay(string runId) => Checked($"ml-{CheckedRun(runId)}-net");

    public static string Droplet(string runId, int index) => Checked(Text($"ml-{CheckedRun(runId)}-d{index}"));

    public static string Endpoint(string runId, int index) => Checked(Text($"ml-{CheckedRun(runId)}-e{index}"));

    /// <summary>The underlay's port towards a droplet.</summary>
    public static string UnderlayPort(string runId, int droplet) => CheckedLink(Text($"m{CheckedRun(runId)}{droplet}"));

    /// <summary>The droplet's side of an endpoint's link, where the agent sits.</summary>
    public static string AgentPort(int port) => CheckedLink(Text($"p{port}"));

    /// <summary>The stack's side of a host endpoint's link.</summary>
    public static string HostDevice(int port) => CheckedLink(Text($"h{port}"));

    /// <summary>The run a namespace belongs to, or null when it is none of the lab's.</summary>
    public static string? RunOf(string namespaceName) =>
        NamespacePattern().Match(namespaceName) is { Success: true } match ? match.Groups[1].Value : null;

    public static bool IsRunId(string text) => RunPattern().IsMatch(text);

    /// <exception cref="ArgumentException">Not eight lower-case hexadecimal digits.</exception>
    public static string CheckedRun(string runId) =>
        IsRunId(runId) ? runId : throw new ArgumentException($"'{runId}' is not a run id (eight lower-case hexadecimal digits)", nameof(runId));

    private static string Checked(string name) =>
        NamespacePattern().IsMatch(name) ? name : throw new ArgumentException($"'{name}' is not a name of the lab", nameof(name));

    private static string CheckedLink(string name) =>
        name.Length <= LongestLink && LinkPattern().IsMatch(name) ? name : throw new ArgumentException($"'{name}' is not a link of the lab", nameof(name));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[0-9a-f]{8}\z")]
    private static partial Regex RunPattern();

    [GeneratedRegex(@"\Aml-([0-9a-f]{8})-(?:net|[de][0-9]{1,6})\z")]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"\A(?:m[0-9a-f]{8}[0-9]{1,6}|[ph][0-9]{1,6})\z")]
    private static partial Regex LinkPattern();
}
