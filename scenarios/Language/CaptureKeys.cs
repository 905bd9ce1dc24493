using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Inputs;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Workload.Traffic;

namespace MizarLab.Scenarios.Language;

/// <summary>A VPC on which a capture is played.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Count">Endpoints that are there and have a stack.</param>
/// <param name="At">The n-th of them, from 0, by its number in the topology.</param>
/// <param name="Find">Who has an address, by his number in the topology; null: nobody.</param>
internal sealed record CaptureVpc(string Name, int Count, Func<int, int> At, Func<Ipv4Address, int?> Find);

/// <summary><c>capture: { file: captures/web.pcapng, addresses: folded, speed: 0.1 }</c>: what somebody captured, between the endpoints of one VPC.</summary>
internal static class CaptureKeys
{
    private static readonly Key<string> File = Key.Needs("file", InputNameShape.Instance, "A pcapng or classic pcap capture of Ethernet, beside this file; the run keeps a copy. Captured in one place: what two interfaces saw is sent twice.");
    private static readonly Key<string> Vpc = Key.May("vpc", new TextShape(32), "Whose endpoints send and receive it; without it the first VPC's (by rule: v0).");
    private static readonly Key<bool> Folded = Key.Has(
        "addresses",
        new ChoiceShape<bool>("a mapping", ("own", false), ("folded", true)),
        false,
        "own: the capture's addresses are the VPC's endpoints'; packets of others are left out and counted. folded: the capture is from elsewhere; its addresses in ascending order are the VPC's endpoints in theirs, again from the first when there are more.");
    private static readonly Key<double> Speed = Key.Has("speed", new NumberShape("a factor", 0.000001, 1_000_000), 1, "Seconds of the capture that pass in a simulated second; the first packet is sent at the beginning.");

    public static readonly RecordShape Shape = new(
        "capture", "What somebody captured: for each IPv4 packet a datagram as long as it was, at its time, one flow a 5-tuple. Nothing is answered.", File, Vpc, Folded, Speed);

    /// <summary>The capture's packets between endpoints, by their numbers in the topology; null after something was reported.</summary>
    /// <param name="vpcs">Of the topology, in order.</param>
    public static CaptureTraffic? Of(Fields fields, IReadOnlyList<string> vpcs, Func<int, CaptureVpc> vpc, IInputFiles inputs, Diagnostics diagnostics)
    {
        string file = fields.Get(File);
        int number = 0;
        if (fields.Given(Vpc) && (number = IndexOf(vpcs, fields.Get(Vpc))) < 0)
        {
            diagnostics.ReportUnknown(fields.PlaceOf(Vpc), $"VPC '{fields.Get(Vpc)}' is not declared", fields.Get(Vpc), vpcs.Take(1_000));
            return null;
        }
        CaptureRecording recording;
        try
        {
            recording = inputs.Capture(file);
        }
        catch (InputException wrong)
        {
            diagnostics.Report(fields.PlaceOf(File), $"{file}: {wrong.Message}", wrong.Mend);
            return null;
        }
        CaptureVpc circle = vpc(number);
        if (circle.Count < 2)
        {
            diagnostics.Report(fields.PlaceOf(fields.Given(Vpc) ? Vpc : File), $"VPC '{circle.Name}' has {circle.Count} endpoint{(circle.Count == 1 ? "" : "s")} then", "a capture is played between at least two");
            return null;
        }
        CaptureTraffic traffic = new(recording, fields.Get(Folded) ? FoldedOver(recording.Addresses(), circle) : circle.Find, fields.Get(Speed), UdpView.HeaderLength);
        if (traffic.Count > 0)
        {
            return traffic;
        }
        diagnostics.Report(
            fields.PlaceOf(File),
            $"{file}: none of its packets is between endpoints of VPC '{circle.Name}': {Counts(traffic)}",
            fields.Get(Folded) || recording.Packets.IsEmpty ? "another capture" : "addresses: folded plays captures from elsewhere");
        return null;
    }

    /// <summary>In words, for reports: what is played, and what is not.</summary>
    public static string Tell(Fields fields, CaptureTraffic traffic, SimTime until)
    {
        int after = traffic.After(until);
        string left = Counts(traffic);
        return string.Create(CultureInfo.InvariantCulture, $"capture {fields.Get(File)}{(left.Length > 0 ? $" ({left} left out)" : "")}{(after > 0 ? $" ({after} later than 'for')" : "")}");
    }

    private static string Counts(CaptureTraffic traffic) => string.Join(
        ", ",
        new (int Count, string What)[] { (traffic.NotOurs, "of others"), (traffic.NotIpv4, "no IPv4"), (traffic.TooLate, "too late") }
            .Where(kind => kind.Count > 0)
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Count} {kind.What}")));

    private static Func<Ipv4Address, int?> FoldedOver(ImmutableArray<Ipv4Address> addresses, CaptureVpc circle) =>
        address => addresses.BinarySearch(address) is >= 0 and var rank ? circle.At(rank % circle.Count) : null;

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }
        return -1;
    }
}
