namespace MizarLab.Harness.Bench;

/// <summary>A row of the plan bench: a topology by rule, planned, built and run in.</summary>
/// <param name="Threads">That build.</param>
/// <param name="PlanSeconds">Roles, lists and directories: everything that is not a droplet's rows.</param>
/// <param name="BuildSeconds">All rows of all droplets written.</param>
/// <param name="CpuSeconds">Of both, all threads.</param>
/// <param name="HeapMegabytes">What lives when all is built.</param>
/// <param name="PeakMegabytes">The process's resident memory at its highest.</param>
/// <param name="Rows">Of the droplets' tables, by the row generators, peers of a droplet not counted: they are one directory.</param>
/// <param name="ColdRunNanoseconds">A program run when every packet is another pair's, on other droplets: agent, bouncer and host alike.</param>
/// <param name="Wrong">Why the tables are not right; null: they are.</param>
public sealed record PlanRow(
    int Droplets,
    int Endpoints,
    int Threads,
    double PlanSeconds,
    double BuildSeconds,
    double CpuSeconds,
    double HeapMegabytes,
    double PeakMegabytes,
    long Rows,
    double ColdRunNanoseconds,
    string? Wrong)
{
    public double BytesAnEndpoint => HeapMegabytes * 1e6 / Endpoints;
}
