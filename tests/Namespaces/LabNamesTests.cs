using MizarLab.Harness.Namespaces;

namespace MizarLab.Tests.Namespaces;

public sealed class LabNamesTests
{
    [Fact]
    public void NamesBearTheRunAndFitTheKernel()
    {
        Assert.Equal("ml-0a1b2c3d-net", LabNames.Underlay("0a1b2c3d"));
        Assert.Equal("ml-0a1b2c3d-d12", LabNames.Droplet("0a1b2c3d", 12));
        Assert.Equal("0a1b2c3d", LabNames.RunOf(LabNames.Endpoint("0a1b2c3d", 999_999)));
        Assert.InRange(LabNames.UnderlayPort("0a1b2c3d", 999_999).Length, 1, LabNames.LongestLink);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0a1b2c3")]
    [InlineData("0a1b2c3d4")]
    [InlineData("0A1B2C3D")]
    [InlineData("0a1b2c3g")]
    [InlineData("../../..")]
    [InlineData("0a1b2c3d\n")]
    [InlineData("-force--")]
    public void WhatIsNoRunIdIsRefused(string runId)
    {
        Assert.False(LabNames.IsRunId(runId));
        Assert.Throws<ArgumentException>(() => LabNames.Droplet(runId, 0));
    }

    [Theory]
    [InlineData("ml-0a1b2c3d")]
    [InlineData("ml-0a1b2c3d-")]
    [InlineData("ml-0a1b2c3d-x1")]
    [InlineData("ml-0a1b2c3d-d")]
    [InlineData("ml-0a1b2c3d-d1 ")]
    [InlineData("ml-0a1b2c3d-d1\n")]
    [InlineData("xml-0a1b2c3d-d1")]
    [InlineData("ml-0a1b2c3d4-d1")]
    public void OthersNamespacesBelongToNoRun(string name) => Assert.Null(LabNames.RunOf(name));

    [Fact]
    public void NegativeIndexIsNoName() => Assert.Throws<ArgumentException>(() => LabNames.Endpoint("0a1b2c3d", -1));
}
