using System.Globalization;
using MizarLab.Engine;
using MizarLab.Workload.Sampling;

namespace MizarLab.Tests.Inputs;

/// <summary>
/// The trace of the experiment <c>trace_churn.yaml</c>, made by us: tenants that deploy groups of machines at once (geometric, mean 4) in Poisson times, machines that live for a lognormal time (median three hours, mean
/// some fifteen), over fourteen days; some were there before. Its burstiness is what makes a control plane work; nothing in it is measured.
/// </summary>
internal static class FortnightTrace
{
    public const string Name = "traces/fortnight.sqlite";

    private const int Deployments = 275, Tenants = 60;

    public static IEnumerable<(long Machine, long Tenant, double Begins, double? Ends)> Rows()
    {
        RandomStream random = new(11, "fortnight");
        Exponential gaps = new(15.0 / Deployments);
        Lognormal lives = Lognormal.OfMedian(3.0 / 24, 1.8);
        double now = -1;
        long machine = 1_000;
        for (int deployment = 0; deployment < Deployments; deployment++)
        {
            now += gaps.Next(random);
            long tenant = 100 + random.NextBelow(Tenants);
            do
            {
                // To the second, as a recorder would have it.
                double begins = Math.Round(now * 86_400) / 86_400, ends = Math.Round((now + lives.Next(random)) * 86_400) / 86_400;
                yield return (machine++, tenant, begins, ends > 14 ? null : ends);
            }
            while (random.NextBelow(4) > 0);
        }
    }

    public static void Write(string file) => ZoneTrace.Write(file, ["begin", ZoneTrace.Form, .. Rows().Select(row => string.Create(
        CultureInfo.InvariantCulture, $"insert into vm values ({row.Machine}, {row.Tenant}, 1, 0, {row.Begins:r}, {(row.Ends is { } ends ? ends.ToString("r", CultureInfo.InvariantCulture) : "null")})")), "commit"]);
}
